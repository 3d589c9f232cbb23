import "@xterm/xterm/css/xterm.css";
import { Terminal } from "@xterm/xterm";

/** What the bench calls in this page. */
export type AlonePage = {
  /** A terminal with DOM renderer of the given size. */
  openTerminal(options: { cols: number; rows: number; fontSize: number; scrollback: number }): void;
  /** Fetches the text first, then gives the milliseconds until it is parsed and a frame was painted. */
  writeText(url: string): Promise<{ bytes: number; ms: number }>;
};

/** Of the size in which the proxy sends it. */
const CHUNK_BYTES = 32 * 1024;
/** xterm.js throws data away when too much waits; this keeps it busy without coming near. */
const IN_FLIGHT_BYTES = 1024 * 1024;

let terminal: Terminal | undefined;

function painted(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
  });
}

async function writeAll(target: Terminal, bytes: Uint8Array): Promise<void> {
  await new Promise<void>((resolve) => {
    let sent = 0;
    let parsed = 0;
    const pump = (): void => {
      while (sent < bytes.length && sent - parsed < IN_FLIGHT_BYTES) {
        const chunk = bytes.subarray(sent, sent + CHUNK_BYTES);
        sent += chunk.length;
        target.write(chunk, () => {
          parsed += chunk.length;
          if (parsed === bytes.length) resolve();
          else pump();
        });
      }
    };
    pump();
  });
}

const page: AlonePage = {
  openTerminal: (options) => {
    const host = document.getElementById("terminal");
    if (host === null) throw new Error("no place for the terminal");
    terminal = new Terminal(options);
    terminal.open(host);
  },
  writeText: async (url) => {
    const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
    if (terminal === undefined) throw new Error("no terminal");
    const from = performance.now();
    await writeAll(terminal, bytes);
    await painted();
    return { bytes: bytes.length, ms: performance.now() - from };
  },
};
Object.assign(globalThis, { bench: page });
