import { useState } from "react";
import { useDispatch } from "#bridge/hooks.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import type { ErrorPayload, Result, VaultView } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { TextField } from "../primitives/field.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { makePasskey, PASSKEY_TEXTS } from "../vault/passkey-prf.ts";
import { PassphraseField } from "../vault/passphrase-field.tsx";
import { CareStep } from "./care-step.tsx";

/** The vault's passkeys; removing one is asked about, and what came of it is shown [S69]. */
export function Passkeys({ vault }: { vault: VaultView }) {
  const dispatch = useDispatch();
  const [asking, setAsking] = useState<string>();
  const [error, setError] = useState<ErrorPayload>();
  const [removed, setRemoved] = useState<string>();
  const remove = async (id: string, label: string): Promise<void> => {
    const result = await dispatch(secretCommands.removePasskey(id));
    setAsking(undefined);
    setError(result.ok ? undefined : result.error);
    setRemoved(result.ok ? label : undefined);
  };
  return (
    <>
      {vault.passkeys.length === 0 ? null : (
        <ul className="rs-secret-list">
          {vault.passkeys.map(({ id, label }) => (
            <li key={id}>
              <div>
                <strong>{label}</strong>
                <span className="rs-muted">Passkey</span>
              </div>
              {vault.phase !== "unlocked" ? null : asking === id ? (
                <div className="rs-btn-row">
                  <Button autoFocus onClick={() => setAsking(undefined)}>
                    Keep it
                  </Button>
                  <Button icon="remove" onClick={() => void remove(id, label)} variant="danger">
                    Remove it
                  </Button>
                </div>
              ) : (
                <Button
                  icon="remove"
                  label={`Remove the passkey ${label}`}
                  onClick={() => setAsking(id)}
                  variant="ghost"
                />
              )}
            </li>
          ))}
        </ul>
      )}
      <div aria-live="polite">
        {removed === undefined ? null : (
          <p>
            {removed} no longer opens the vault. The passkey itself is still on your device: delete it in the device’s
            own settings.
          </p>
        )}
        <ErrorNote error={error} />
      </div>
    </>
  );
}

/** Makes a passkey for a passphrase that was found right: no passkey is left over that opens nothing [S69]. */
export function AddPasskey({ onDone }: { onDone: () => void }) {
  const dispatch = useDispatch();
  const [passphrase, setPassphrase] = useState("");
  const [label, setLabel] = useState("");
  /** The passphrase that was right: a browser that wants another tap for the passkey is not made to wait again. */
  const [right, setRight] = useState<string>();
  const add = async (): Promise<Result | string> => {
    if (right !== passphrase) {
      const checked = await dispatch(secretCommands.unlock({ passphrase }));
      if (!checked.ok) return checked;
      setRight(passphrase);
    }
    const made = await makePasskey("Rackside vault");
    if (!made.ok) return PASSKEY_TEXTS[made.why];
    const { id, prf, salt } = made.value;
    const named = label.trim() === "" ? "Passkey" : label.trim();
    return dispatch(secretCommands.addPasskey({ passphrase, passkey: id, label: named, salt, prf }));
  };
  return (
    <CareStep act="Make the passkey" onAct={add} onDone={onDone}>
      <p>
        The passphrase goes on working. It is asked for now, since the vault's key is locked away even from this page.
      </p>
      <PassphraseField label="Passphrase of the vault" onChange={setPassphrase} value={passphrase} />
      <TextField label="Name of the passkey" maxLength={64} onChange={setLabel} placeholder="Passkey" value={label} />
    </CareStep>
  );
}
