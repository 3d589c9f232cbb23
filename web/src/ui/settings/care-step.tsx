import { type ReactNode, useId, useState } from "react";
import type { ErrorPayload, Result } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { ErrorNote } from "../status/error-note.tsx";

type StepProps = {
  children: ReactNode;
  act: string;
  danger?: boolean;
  /** Undefined: nothing is wrong with what was typed, and it was done; the text stays on the screen. */
  onAct: () => Promise<Result | string | undefined>;
  onDone: () => void;
};

/** One small form: its fields, what went wrong, and its two buttons. */
export function CareStep({ children, act, danger = false, onAct, onDone }: StepProps) {
  const formId = useId();
  const [error, setError] = useState<ErrorPayload>();
  const [note, setNote] = useState<string>();
  const [busy, setBusy] = useState(false);
  return (
    <form
      className="rs-form"
      id={formId}
      onSubmit={(event) => {
        event.preventDefault();
        if (busy) return;
        setBusy(true);
        void onAct().then((result) => {
          setBusy(false);
          setNote(typeof result === "string" ? result : undefined);
          setError(typeof result === "object" && !result.ok ? result.error : undefined);
          if (typeof result === "object" && result.ok) onDone();
          return undefined;
        });
      }}
    >
      {children}
      <div aria-live="polite">
        {note === undefined ? null : <p>{note}</p>}
        <ErrorNote error={error} />
      </div>
      <div className="rs-btn-row">
        <Button onClick={onDone}>Close</Button>
        <Button disabledReason={busy ? "Working" : undefined} type="submit" variant={danger ? "danger" : "primary"}>
          {act}
        </Button>
      </div>
    </form>
  );
}
