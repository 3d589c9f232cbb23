import { useState } from "react";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { Dialog } from "../primitives/dialog.tsx";
import { UnlockForm } from "./unlock-form.tsx";

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
      </Callout>
      {open ? (
        <Dialog icon="denied" onClose={() => setOpen(false)} title="Unlock the vault">
          <UnlockForm autoFocus onOpened={() => setOpen(false)} />
        </Dialog>
      ) : null}
    </div>
  );
}
