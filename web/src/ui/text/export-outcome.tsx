import { ErrorNote } from "../status/error-note.tsx";
import type { Exported } from "./use-export.ts";

/** What became of an export, beside the button that asked for it; it stays until the next one. */
export function ExportOutcome({ state }: { state: Exported }) {
  if (state.error !== undefined) return <ErrorNote error={state.error} />;
  return (
    <p aria-live="polite" className="rs-muted">
      {state.busy ? "Writing the file" : state.saved === undefined ? "" : `Given to the browser as ${state.saved}`}
    </p>
  );
}
