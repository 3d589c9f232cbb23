import type { TerminalView } from "#bridge/types.ts";
import { Icon } from "../primitives/icon.tsx";
import { overNote, refusedNote } from "../terminal/input-notes.ts";
import { CopyButton } from "../text/copy-button.tsx";

/** What was typed and will not go out, in the card that stands where the strips would [U100]. */
export function UnsentNote({ session }: { session: TerminalView }) {
  const { phase, refused_input: refused, waiting_input: waiting } = session;
  const lines = [
    ...(waiting === undefined ? [] : [overNote(waiting)]),
    ...(refused === undefined ? [] : [refusedNote(phase, refused.bytes)]),
  ];
  if (lines.length === 0) return null;
  return (
    <div data-testid="unsent-note" role="status">
      {lines.map((line) => (
        <p key={line}>
          <Icon name="warn" size={18} /> {line}
        </p>
      ))}
      {waiting === undefined || waiting.text === "" ? null : (
        <p>
          Not sent: <code className="rs-waiting-text">{waiting.text}</code> <CopyButton text={waiting.text} />
        </p>
      )}
    </div>
  );
}
