import { useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import type { ErrorPayload } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { Switch } from "../primitives/field.tsx";
import { ErrorNote } from "../status/error-note.tsx";

/** Who this client is at the proxy, and the end of that [S11]. */
export function AccountSection() {
  const signIn = useView("sign_in");
  const [asking, setAsking] = useState(false);
  return (
    <section className="rs-settings-section">
      <h3>Pairing</h3>
      <p>
        Paired as <strong>{signIn?.user ?? "unknown"}</strong>
        {signIn?.label === undefined ? "" : `, this client is called “${signIn.label}”`}.
      </p>
      {asking ? (
        <Unpair onStay={() => setAsking(false)} />
      ) : (
        <div className="rs-btn-row">
          <Button icon="power" onClick={() => setAsking(true)}>
            Unpair…
          </Button>
        </div>
      )}
    </section>
  );
}

function Unpair({ onStay }: { onStay: () => void }) {
  const dispatch = useDispatch();
  const [keeps, setKeeps] = useState(false);
  const [error, setError] = useState<ErrorPayload>();
  const unpair = async (): Promise<void> => {
    const result = await dispatch(commands.signOut(keeps));
    setError(result.ok ? undefined : result.error);
  };
  return (
    <Callout
      actions={
        <>
          <Button autoFocus onClick={onStay}>
            Stay paired
          </Button>
          <Button icon="power" onClick={() => void unpair()} variant="danger">
            Unpair this tablet
          </Button>
        </>
      }
      title="Unpair this tablet?"
      tone="warn"
    >
      <p>
        Deleted on this tablet: its key for the proxy; output, history, readings and everything else that it keeps of
        devices; and, unless you keep them, the vault, the keys made here, how it logs in to each device, and the keys
        of jump hosts that it trusts. Theme and text size stay. Sessions stay at the proxy for their grace time. A new
        code from “rackside pair” or from another paired device is needed to come back.
      </p>
      <Switch
        checked={keeps}
        hint="The vault stays locked under its passphrase. Keys made here are as safe as that lock; without a vault, whoever pairs this tablet next can use them."
        label="Keep vault, keys and logins on this tablet"
        onChange={setKeeps}
      />
      <ErrorNote error={error} />
    </Callout>
  );
}
