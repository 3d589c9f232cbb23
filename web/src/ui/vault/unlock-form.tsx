import { type FormEvent, useId, useState } from "react";
import { useDispatch, useView } from "#bridge/hooks.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import type { ErrorPayload } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { useNow } from "../status/use-now.ts";
import { askPasskey, PASSKEY_TEXTS, passkeyObstacle } from "./passkey-prf.ts";
import { PassphraseField } from "./passphrase-field.tsx";

/** Opens the vault by passphrase or passkey; wrong tries wait, and the wait is shown [S68] [S69]. */
export function UnlockForm({ autoFocus = false, onOpened }: { autoFocus?: boolean; onOpened?: () => void }) {
  const vault = useView("vault");
  const dispatch = useDispatch();
  const now = useNow();
  const formId = useId();
  const [passphrase, setPassphrase] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorPayload>();
  const [passkeyNote, setPasskeyNote] = useState<string>();
  const waitS = Math.max(0, Math.ceil(((vault?.wait_until ?? 0) - now) / 1_000));
  const passkeys = vault?.passkeys ?? [];
  const offersPasskey = passkeys.length > 0 && passkeyObstacle(location, navigator.credentials) === undefined;

  const send = async (command: ReturnType<typeof secretCommands.unlock>): Promise<void> => {
    setBusy(true);
    const result = await dispatch(command);
    setBusy(false);
    setPassphrase("");
    setError(result.ok ? undefined : result.error);
    if (result.ok) onOpened?.();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (waitS > 0 || busy || passphrase === "") return;
    setPasskeyNote(undefined);
    void send(secretCommands.unlock({ passphrase }));
  };
  const byPasskey = async (): Promise<void> => {
    setError(undefined);
    const used = await askPasskey(passkeys);
    setPasskeyNote(used.ok ? undefined : PASSKEY_TEXTS[used.why]);
    if (used.ok) await send(secretCommands.unlock({ passkey: used.value.id, prf: used.value.prf }));
  };
  return (
    <form className="rs-form" id={formId} onSubmit={submit}>
      <PassphraseField
        autoFocus={autoFocus}
        label="Passphrase of the vault"
        onChange={setPassphrase}
        value={passphrase}
      />
      <div aria-live="polite">
        {waitS > 0 ? <p>The next try is possible in {waitS} s.</p> : null}
        <ErrorNote error={waitS > 0 ? undefined : error} />
        {passkeyNote === undefined ? null : <p>{passkeyNote}</p>}
      </div>
      <div className="rs-btn-row">
        <Button
          disabledReason={waitS > 0 ? `Wait ${waitS} s` : busy ? "Checking" : undefined}
          icon="unlock"
          type="submit"
          variant="primary"
        >
          {busy ? "Checking…" : "Unlock"}
        </Button>
        {offersPasskey ? (
          <Button icon="fingerprint" onClick={() => void byPasskey()}>
            Use a passkey
          </Button>
        ) : null}
      </div>
    </form>
  );
}
