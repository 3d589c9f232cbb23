import "./secrets.css";
import { type FormEvent, useId, useState } from "react";
import { errorText } from "#bridge/error-text.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import type { ErrorPayload, VaultEntryView, VaultView } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { Switch } from "../primitives/field.tsx";
import { ErrorNote, errorCode } from "../status/error-note.tsx";
import { DeviceText } from "../text/device-text.tsx";
import { escapeDeviceText } from "../text/escape-device-text.ts";
import { useDeviceNames } from "../vault/binding-fields.tsx";
import { bindingText } from "../vault/binding-text.ts";
import { EntrySheet } from "../vault/entry-sheet.tsx";
import { newPassphraseFault, type PassphraseFault } from "../vault/passphrase.ts";
import { PassphraseField } from "../vault/passphrase-field.tsx";
import { UnlockForm } from "../vault/unlock-form.tsx";
import { VaultCare } from "./vault-care.tsx";

/** The tablet's vault: make it, open it, and what is in it [S67]. */
export function VaultSection() {
  const vault = useView("vault");
  return (
    <section className="rs-settings-section">
      <h3>Vault</h3>
      {vault === undefined || vault.phase === "none" ? <NewVault /> : null}
      {vault?.phase === "locked" ? (
        <>
          <p>Locked. Nothing is signed or typed until it is open.</p>
          <UnlockForm />
          <VaultCare vault={vault} />
        </>
      ) : null}
      {vault?.phase === "unlocked" ? <OpenVault vault={vault} /> : null}
    </section>
  );
}

function NewVault() {
  const dispatch = useDispatch();
  const formId = useId();
  const [making, setMaking] = useState(false);
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const [fault, setFault] = useState<PassphraseFault>();
  const [error, setError] = useState<ErrorPayload>();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const wrong = newPassphraseFault(passphrase, again);
    setFault(wrong);
    if (wrong !== undefined) return;
    const result = await dispatch(secretCommands.createVault(passphrase));
    setPassphrase("");
    setAgain("");
    setError(result.ok ? undefined : result.error);
  };
  if (!making) {
    return (
      <>
        <p>
          A vault keeps passwords and imported keys on this tablet, encrypted under a passphrase. Without one, passwords
          are asked for each time, and nothing of them is stored.
        </p>
        <p>
          It also protects what this tablet keeps of sessions: output, command history, readings and what is needed to
          come back. Without one, that is encrypted under a key of this browser, which does not protect against somebody
          who copies the browser profile.
        </p>
        <div className="rs-btn-row">
          <Button icon="denied" onClick={() => setMaking(true)}>
            Make a vault…
          </Button>
        </div>
      </>
    );
  }
  return (
    <form className="rs-form" id={formId} onSubmit={(event) => void submit(event)}>
      <p>There is no way to recover a forgotten passphrase: the vault can then only be erased.</p>
      <PassphraseField
        autoFocus
        error={fault?.field === "passphrase" ? faultText(fault) : undefined}
        hint="At least 10 characters; several words are easier to type than signs"
        label="New passphrase"
        of="new"
        onChange={setPassphrase}
        value={passphrase}
      />
      <PassphraseField
        error={fault?.field === "again" ? faultText(fault) : undefined}
        label="The same again"
        of="new"
        onChange={setAgain}
        value={again}
      />
      <ErrorNote error={error} />
      <div className="rs-btn-row">
        <Button onClick={() => setMaking(false)}>Cancel</Button>
        <Button type="submit" variant="primary">
          Make the vault
        </Button>
      </div>
    </form>
  );
}

/** With its code, as every error [S98]. */
function faultText({ error }: PassphraseFault): string {
  return `${errorText(error.code, error.reason).what} (${errorCode(error)})`;
}

/** Longest name of an entry. */
const NAME_MAX_CHARS = 128;

const KINDS: Readonly<Record<VaultEntryView["kind"], string>> = {
  password: "Password",
  enable: "Enable secret",
  snippet: "Secret snippet",
  key: "Imported key",
};

function OpenVault({ vault }: { vault: VaultView }) {
  const dispatch = useDispatch();
  const devices = useDeviceNames();
  const [editing, setEditing] = useState<VaultEntryView | "new">();
  const [error, setError] = useState<ErrorPayload>();
  const drop = async (id: string): Promise<void> => {
    const result = await dispatch(secretCommands.removeEntry(id));
    setError(result.ok ? undefined : result.error);
  };
  return (
    <>
      <p>
        Open. It locks after 10 minutes without input, after 5 minutes out of sight, and when you sign out; sessions go
        on.
      </p>
      {vault.unproven === true ? (
        <p className="rs-muted">
          It is in the place of one that was erased: unlocking it does not allow changes to the target policy. Pair this
          tablet anew, or run “rackside allow-changes” on the proxy’s console.
        </p>
      ) : null}
      <div className="rs-btn-row">
        <Button icon="denied" onClick={() => void dispatch(secretCommands.lock())}>
          Lock now
        </Button>
        <Button icon="add" onClick={() => setEditing("new")}>
          Add an entry
        </Button>
      </div>
      {vault.entries.length === 0 ? <p className="rs-muted">Nothing in it yet.</p> : null}
      <ul className="rs-secret-list">
        {vault.entries.map((entry) => (
          <li key={entry.id}>
            <div>
              <strong>
                <DeviceText max={NAME_MAX_CHARS} text={entry.name} />
              </strong>
              <span className="rs-muted">
                {KINDS[entry.kind]}
                {entry.user === undefined ? "" : ` of ${entry.user}`} for{" "}
                {entry.bindings.map((binding) => bindingText(binding, devices)).join(", ")}
              </span>
            </div>
            {entry.kind === "key" ? null : (
              <Button
                icon="edit"
                label={`Edit ${escapeDeviceText(entry.name, NAME_MAX_CHARS)}`}
                onClick={() => setEditing(entry)}
                variant="ghost"
              />
            )}
          </li>
        ))}
        {vault.unreadable.map((id) => (
          <li key={id}>
            <div>
              <strong>Unreadable entry</strong>
              <span className="rs-muted">It is damaged, and was left as it is.</span>
            </div>
            <Button icon="remove" label="Remove the unreadable entry" onClick={() => void drop(id)} variant="ghost" />
          </li>
        ))}
      </ul>
      <ErrorNote error={error} />
      <Switch
        checked={vault.keep_panels}
        hint="Panels show what devices answer, not what you type. The terminal is always covered."
        label="Panels stay in sight while it is locked"
        onChange={(on) => void dispatch(secretCommands.keepPanels(on))}
      />
      <VaultCare vault={vault} />
      {editing === undefined ? null : (
        <EntrySheet entry={editing === "new" ? undefined : editing} onClose={() => setEditing(undefined)} />
      )}
    </>
  );
}
