import type { ClipboardOffer } from "#terminal/clipboard-desk.ts";
import type { CopyResult, TerminalHandle } from "#terminal/terminal-handle.ts";
import { Button } from "../primitives/button.tsx";
import { Icon } from "../primitives/icon.tsx";
import { DeviceText } from "../text/device-text.tsx";

const plural = (n: number, one: string) => `${n} ${one}${n === 1 ? "" : "s"}`;

/**
 * A device wants to write to the clipboard: size and plain text, each time, before anything happens [S85]. A strip, not a
 * dialog: what a device sends never takes the focus from what is being typed.
 */
export function ClipboardStrip(props: {
  terminal: TerminalHandle;
  offer: ClipboardOffer;
  refused: (result: CopyResult) => void;
}) {
  const { terminal, offer, refused } = props;
  const answer = async (what: "copy" | "ignore") => {
    const result = await terminal.answerOffer(what);
    if (result.ok) terminal.focus();
    else refused(result);
  };
  return (
    <div className="rs-term-strip" data-testid="clipboard-offer" data-tone="warn" role="status">
      <Icon name="hand" />
      <div className="rs-term-strip-text">
        <strong>The device wants to put {plural(offer.bytes, "byte")} on the clipboard:</strong>
        <code className="rs-waiting-text">
          <DeviceText text={offer.preview} />
        </code>
        {offer.more === 0 ? null : <span>and {plural(offer.more, "more character")}</span>}
        {offer.removed === 0 ? null : <span>without {plural(offer.removed, "control character")}</span>}
      </div>
      <Button onClick={() => void answer("ignore")}>Ignore</Button>
      <Button onClick={() => void answer("copy")}>Copy</Button>
    </div>
  );
}
