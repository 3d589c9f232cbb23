import { useState } from "react";
import { useView } from "#bridge/hooks.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { Dialog } from "../primitives/dialog.tsx";
import { useNow } from "../status/use-now.ts";
import { UnlockForm } from "./unlock-form.tsx";
import { waitingText } from "./waiting-words.ts";

/** Says above the list of devices that the vault is locked, and opens it [S70] [S71]. */
export function UnlockNote() {
  const [open, setOpen] = useState(false);
  return (
    <div className="rs-unlock-note">
      <Callout
        actions={
          <Button icon="unlock" onClick={() => setOpen(true)} variant="primary">
            Unlock…
          </Button>
        }
        icon="denied"
        title="The vault is locked"
        tone="info"
      >
        <p>Sessions of before come back with their screen when it is open; devices open after that.</p>
        <WaitingSessions />
      </Callout>
      {open ? (
        <Dialog icon="denied" onClose={() => setOpen(false)} title="Unlock the vault">
          <UnlockForm autoFocus onOpened={() => setOpen(false)} />
        </Dialog>
      ) : null}
    </div>
  );
}

/** Their grace runs meanwhile [S71]. */
function WaitingSessions() {
  const waiting = useView("storage")?.locked_sessions;
  const now = useNow();
  return waiting === undefined ? null : <p data-testid="waiting-sessions">{waitingText(waiting, now)}</p>;
}
