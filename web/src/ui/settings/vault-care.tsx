import { useId, useState } from "react";
import { useDispatch } from "#bridge/hooks.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import type { Result, VaultImportReport, VaultView } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { TextField } from "../primitives/field.tsx";
import { Icon } from "../primitives/icon.tsx";
import { importText } from "../vault/import-text.ts";
import { PASSKEY_TEXTS, passkeyObstacle } from "../vault/passkey-prf.ts";
import { newPassphraseFault } from "../vault/passphrase.ts";
import { PassphraseField } from "../vault/passphrase-field.tsx";
import { readTextFile, saveTextFile, VAULT_FILE } from "../vault/text-files.ts";
import { CareStep } from "./care-step.tsx";
import { AddPasskey, Passkeys } from "./vault-passkeys.tsx";

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
        {open === "erase" ? <Erase locked={!unlocked} onDone={close} /> : null}
      </div>
    </details>
  );
}

function ChangePassphrase({ onDone }: { onDone: () => void }) {
  const dispatch = useDispatch();
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  return (
    <CareStep
      act="Change it"
      onAct={async () => {
        const fault = newPassphraseFault(next, again);
        return fault === undefined
          ? dispatch(secretCommands.changePassphrase(old, next))
          : { ok: false, error: fault.error };
      }}
      onDone={onDone}
    >
      <PassphraseField label="Passphrase until now" onChange={setOld} value={old} />
      <PassphraseField of="new" label="New passphrase" onChange={setNext} value={next} />
      <PassphraseField of="new" label="The same again" onChange={setAgain} value={again} />
    </CareStep>
  );
}

function Export({ onDone }: { onDone: () => void }) {
  const dispatch = useDispatch();
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const save = async (): Promise<Result | string> => {
    const fault = newPassphraseFault(passphrase, again);
    if (fault !== undefined) return { ok: false, error: fault.error };
    const result = await dispatch<string>(secretCommands.exportVault(passphrase));
    if (result.ok && result.value !== undefined) saveTextFile("rackside-vault.json", result.value);
    return result;
  };
  return (
    <CareStep act="Save the file" onAct={save} onDone={onDone}>
      <p>The file has every entry, encrypted under a passphrase of its own. Keys made on this tablet are not in it.</p>
      <PassphraseField of="new" label="Passphrase for the file" onChange={setPassphrase} value={passphrase} />
      <PassphraseField of="new" label="The same again" onChange={setAgain} value={again} />
    </CareStep>
  );
}

function Import({ onDone }: { onDone: () => void }) {
  const dispatch = useDispatch();
  const fileId = useId();
  const [file, setFile] = useState<File>();
  const [passphrase, setPassphrase] = useState("");
  const load = async (): Promise<Result | string> => {
    if (file === undefined) return "Choose the file first.";
    const read = await readTextFile(file, VAULT_FILE);
    if (!read.ok) return read;
    const result = await dispatch<VaultImportReport>(secretCommands.importVault(read.text, passphrase));
    if (!result.ok || result.value === undefined) return result;
    // It has served: nothing that opens the file stays on the screen.
    setPassphrase("");
    return importText(result.value);
  };
  return (
    <CareStep act="Import" onAct={load} onDone={onDone}>
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
    </CareStep>
  );
}

function Erase({ locked, onDone }: { locked: boolean; onDone: () => void }) {
  const dispatch = useDispatch();
  const [word, setWord] = useState("");
  if (locked) {
    return (
      <CareStep
        act="Erase everything and unpair"
        danger
        onAct={() => dispatch(secretCommands.eraseVault(word))}
        onDone={onDone}
      >
        <p>
          Without the passphrase, what the lock protects goes with the vault. Deleted on this tablet: the vault, the
          keys made here, how it logs in to each device, the keys of jump hosts that it trusts, output, history,
          readings and everything else that it keeps of devices, and its pairing. Open devices are closed; their
          sessions stay at the proxy for their grace time. A new code from “rackside pair” or from another paired device
          is needed to come back.
        </p>
        <TextField label="Type erase to confirm" maxLength={16} onChange={setWord} value={word} />
      </CareStep>
    );
  }
  return (
    <CareStep act="Erase the vault" danger onAct={() => dispatch(secretCommands.eraseVault(word))} onDone={onDone}>
      <p>
        Every password and imported key in it is gone for good. Keys made on this tablet stay. Unlocking a later vault
        does not allow changes to the target policy until this tablet is paired anew.
      </p>
      <TextField label="Type erase to confirm" maxLength={16} onChange={setWord} value={word} />
    </CareStep>
  );
}
