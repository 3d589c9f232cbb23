import { WebLinksAddon } from "@xterm/addon-web-links";
import type { IBufferRange, Terminal } from "@xterm/xterm";
import { checkLink, type LinkRequest } from "./link-check.ts";

/** Text in a range of the buffer, as shown. */
function textIn(terminal: Terminal, range: IBufferRange): string {
  let text = "";
  for (let y = range.start.y; y <= range.end.y; y++) {
    const from = y === range.start.y ? range.start.x - 1 : 0;
    const to = y === range.end.y ? range.end.x : undefined;
    text += terminal.buffer.active.getLine(y - 1)?.translateToString(true, from, to) ?? "";
  }
  return text;
}

/** Links in the output, written by OSC 8 or found: a tap asks, nothing opens by itself [S87]. */
export function watchLinks(terminal: Terminal, ask: (request: LinkRequest | undefined) => void): void {
  terminal.options.linkHandler = {
    activate: (_event, address, range) => ask(checkLink(address, textIn(terminal, range))),
    allowNonHttpProtocols: false,
  };
  terminal.loadAddon(new WebLinksAddon((_event, address) => ask(checkLink(address, address))));
}
