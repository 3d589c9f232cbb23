import type { PasteReview } from "#terminal/paste-review.ts";
import type { TerminalHandle } from "#terminal/terminal-handle.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { Dialog } from "../primitives/dialog.tsx";
import { DeviceText } from "../text/device-text.tsx";
import { PasteLines } from "./paste-lines.tsx";

const plural = (n: number, one: string) => `${n} ${one}${n === 1 ? "" : "s"}`;

/** What is about to be typed at the device, for a person to judge; sending is never the default [S90] [U42]. */
export function PasteSheet(props: {
  terminal: TerminalHandle;
  review: PasteReview;
  label: string;
  prompt: string | undefined;
}) {
  const { terminal, review, label, prompt } = props;
  const flagged = review.lines.filter((line) => line.flags.length > 0).length;
  const cancel = () => terminal.cancelPaste();
  const send = (what: "all" | "first") => terminal.releasePaste(what);
  return (
    <Dialog
      decision
      footer={
        <>
          <Button autoFocus onClick={cancel}>
            Cancel
          </Button>
          {review.lines.length > 1 ? (
            <Button onClick={() => send("first")} variant="secondary">
              Send first line ⏎
            </Button>
          ) : null}
          <Button onClick={() => send("all")} variant={flagged > 0 ? "danger" : "primary"}>
            {review.lines.length > 1 ? `Send ${plural(review.lines.length, "line")}` : "Send"}
          </Button>
        </>
      }
      icon="raw"
      onClose={cancel}
      testId="paste-review"
      title={`Paste to ${label}?`}
      width="720px"
    >
      <p className="rs-paste-summary">
        {plural(review.lines.length, "line")}, {plural(review.chars, "character")}
        {prompt === undefined ? null : (
          <>
            {" at "}
            <code>
              <DeviceText text={prompt} />
            </code>
          </>
        )}
        {review.endsWithEnter ? ". The last line ends with Enter." : ". The last line waits without Enter."}
      </p>
      {review.bracketed ? (
        <Callout title="The device asked for pastes in one piece; its program decides what runs." tone="info" />
      ) : null}
      {review.removed > 0 ? (
        <Callout title={`${plural(review.removed, "control character")} taken out.`} tone="warn" />
      ) : null}
      {flagged > 0 ? <Callout title={`${plural(flagged, "line")} to look at twice.`} tone="warn" /> : null}
      <PasteLines lines={review.lines} />
    </Dialog>
  );
}
