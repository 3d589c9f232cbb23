import "./error-note.css";
import { errorText } from "#bridge/error-text.ts";
import type { ErrorPayload } from "#bridge/types.ts";
import { DeviceText } from "../text/device-text.tsx";

/** Code and reason as the wire writes them. */
export const errorCode = (error: ErrorPayload): string =>
  error.reason === undefined ? error.code : `${error.code}/${error.reason}`;

/** `detail` is left out where what it says is shown in another form beside the note. */
type ErrorNoteProps = { error: ErrorPayload | undefined; kept?: boolean; detail?: boolean };

/** What happened, what was kept and what to do, with the code in small print [S98]; nothing where nothing happened. */
export function ErrorNote({ error, kept = true, detail = true }: ErrorNoteProps) {
  if (error === undefined) return null;
  const text = errorText(error.code, error.reason);
  return (
    <div className="rs-error-note">
      <p className="rs-error-what">{text.what}</p>
      {error.detail === undefined || !detail ? null : (
        <p className="rs-error-detail">
          <DeviceText max={600} text={error.detail} />
        </p>
      )}
      <p>
        {kept ? `${text.kept} ` : ""}
        {text.next}
      </p>
      {error.retry_after_s === undefined ? null : <p>Try again in {Math.ceil(error.retry_after_s)} s.</p>}
      <p className="rs-muted">
        <code>{errorCode(error)}</code>
      </p>
    </div>
  );
}
