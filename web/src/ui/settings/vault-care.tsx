import { type ReactNode, useId, useState } from "react";
import { useDispatch } from "#bridge/hooks.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import type { ErrorPayload, Result, VaultImportReport, VaultView } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { TextField } from "../primitives/field.tsx";
import { Icon } from "../primitives/icon.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { makePasskey, PASSKEY_TEXTS, passkeyObstacle } from "../vault/passkey-prf.ts";
import { newPassphraseFault } from "../vault/passphrase.ts";
import { PassphraseField } from "../vault/passphrase-field.tsx";
import { readTextFile, saveTextFile } from "../vault/text-files.ts";

type Care = "passphrase" | "passkey" | "export" | "import" | "erase";

/** What is seldom done with a vault: passphrase, passkeys, export and import, erasing. */
export function VaultCare({ vault }: { vault: VaultView }) {
  const [open, setOpen] = useState<Care>();
  const close = (): void => setOpen(undefined);
  const unlocked = vault.phase === "unlocked";
  const obstacle = passkeyObstacle(location, navigator.credentials);
  return (
    <details className="rs-details">
      <summary>
        <Icon name="right" />
        Passphrase, passkeys, export, erase
      </summary>
      <div className="rs-form">
        {open === undefined ? (
          <div className="rs-btn-row">
            {unlocked ? <Button onClick={() => setOpen("passphrase")}>Change the passphrase…</Button> : null}
            {unlocked ? (
              <Button
                disabledReason={obstacle === undefined ? undefined : PASSKEY_TEXTS[obstacle]}
                icon="fingerprint"
                onClick={() => setOpen("passkey")}
              >
                Add a passkey…
              </Button>
            ) : null}
            {unlocked ? (
              <Button icon="download" onClick={() => setOpen("export")}>
                Export…
              </Button>
            ) : null}
            {unlocked ? <Button onClick={() => setOpen("import")}>Import…</Button> : null}
            <Button icon="remove" onClick={() => setOpen("erase")} variant="danger">
              Erase the vault…
            </Button>
          </div>
        ) : null}
        {unlocked && open === undefined && obstacle === "address" ? (
          <p className="rs-muted">{PASSKEY_TEXTS.address}</p>
        ) : null}
        {open === undefined ? <Passkeys vault={vault} /> : null}
        {open === "passphrase" ? <ChangePassphrase onDone={close} /> : null}
        {open === "passkey" ? <AddPasskey onDone={close} /> : null}
        {open === "export" ? <Export onDone={close} /> : null}
        {open === "import" ? <Import onDone={close} /> : null}
        {open === "erase" ? <Erase onDone={close} /> : null}
      </div>
    </details>
  );
}

function Passkeys({ vault }: { vault: VaultView }) {
  const dispatch = useDispatch();
  if (vault.passkeys.length === 0) return null;
  return (
    <ul className="rs-secret-list">
      {vault.passkeys.map(({ id, label }) => (
        <li key={id}>
          <div>
            <strong>{label}</strong>
            <span className="rs-muted">Passkey</span>
          </div>
          {vault.phase === "unlocked" ? (
            <Button
              icon="remove"
              label={`Remove the passkey ${label}`}
              onClick={() => void dispatch(secretCommands.removePasskey(id))}
              variant="ghost"
            />
          ) : null}
        </li>
      ))}
    </ul>
  );
}

type StepProps = {
  children: ReactNode;
  act: string;
  danger?: boolean;
  /** Undefined: nothing is wrong with what was typed, and it was done; the text stays on the screen. */
  onAct: () => Promise<Result | string | undefined>;
  onDone: () => void;
};

/** One small form: its fields, what went wrong, and its two buttons. */
function Step({ children, act, danger = false, onAct, onDone }: StepProps) {
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

function ChangePassphrase({ onDone }: { onDone: () => void }) {
  const dispatch = useDispatch();
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  return (
    <Step
      act="Change it"
      onAct={async () => newPassphraseFault(next, again) ?? dispatch(secretCommands.changePassphrase(old, next))}
      onDone={onDone}
    >
      <PassphraseField label="Passphrase until now" onChange={setOld} value={old} />
      <PassphraseField of="new" label="New passphrase" onChange={setNext} value={next} />
      <PassphraseField of="new" label="The same again" onChange={setAgain} value={again} />
    </Step>
  );
}

function AddPasskey({ onDone }: { onDone: () => void }) {
  const dispatch = useDispatch();
  const [passphrase, setPassphrase] = useState("");
  const [label, setLabel] = useState("");
  const add = async (): Promise<Result | string> => {
    const made = await makePasskey("Rackside vault");
    if (!made.ok) return PASSKEY_TEXTS[made.why];
    const { id, prf, salt } = made.value;
    const named = label.trim() === "" ? "Passkey" : label.trim();
    return dispatch(secretCommands.addPasskey({ passphrase, passkey: id, label: named, salt, prf }));
  };
  return (
    <Step act="Make the passkey" onAct={add} onDone={onDone}>
      <p>
        The passphrase goes on working. It is asked for now, since the vault's key is locked away even from this page.
      </p>
      <PassphraseField label="Passphrase of the vault" onChange={setPassphrase} value={passphrase} />
      <TextField label="Name of the passkey" maxLength={64} onChange={setLabel} placeholder="Passkey" value={label} />
    </Step>
  );
}

function Export({ onDone }: { onDone: () => void }) {
  const dispatch = useDispatch();
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const save = async (): Promise<Result | string> => {
    const fault = newPassphraseFault(passphrase, again);
    if (fault !== undefined) return fault;
    const result = await dispatch<string>(secretCommands.exportVault(passphrase));
    if (result.ok && result.value !== undefined) saveTextFile("rackside-vault.json", result.value);
    return result;
  };
  return (
    <Step act="Save the file" onAct={save} onDone={onDone}>
      <p>The file has every entry, encrypted under a passphrase of its own. Keys made on this tablet are not in it.</p>
      <PassphraseField of="new" label="Passphrase for the file" onChange={setPassphrase} value={passphrase} />
      <PassphraseField of="new" label="The same again" onChange={setAgain} value={again} />
    </Step>
  );
}

function Import({ onDone }: { onDone: () => void }) {
  const dispatch = useDispatch();
  const fileId = useId();
  const [file, setFile] = useState<File>();
  const [passphrase, setPassphrase] = useState("");
  const load = async (): Promise<Result | string> => {
    if (file === undefined) return "Choose the file first.";
    const text = await readTextFile(file);
    if (text === undefined) return "The file could not be read.";
    const result = await dispatch<VaultImportReport>(secretCommands.importVault(text, passphrase));
    if (!result.ok || result.value === undefined) return result;
    const { imported, unreadable } = result.value;
    return `${imported} imported${unreadable === 0 ? "" : `, ${unreadable} damaged and left out`}.`;
  };
  return (
    <Step act="Import" onAct={load} onDone={onDone}>
      <div className="rs-field">
        <label htmlFor={fileId}>Vault file</label>
        <input
          accept="application/json,.json"
          className="rs-input"
          id={fileId}
          onChange={(event) => setFile(event.target.files?.[0])}
          type="file"
        />
      </div>
      <PassphraseField label="Passphrase of the file" of="file" onChange={setPassphrase} value={passphrase} />
    </Step>
  );
}

function Erase({ onDone }: { onDone: () => void }) {
  const dispatch = useDispatch();
  const [word, setWord] = useState("");
  return (
    <Step act="Erase the vault" danger onAct={() => dispatch(secretCommands.eraseVault(word))} onDone={onDone}>
      <p>Every password and imported key in it is gone for good. Keys made on this tablet stay.</p>
      <TextField label="Type erase to confirm" maxLength={16} onChange={setWord} value={word} />
    </Step>
  );
}
