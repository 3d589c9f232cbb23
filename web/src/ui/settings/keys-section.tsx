import "./secrets.css";
import { type FormEvent, useState } from "react";
import { useDispatch, useView } from "#bridge/hooks.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import type { ErrorPayload, NewKeyKind, SshKeyView } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { Segments, TextField } from "../primitives/field.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { DeviceText } from "../text/device-text.tsx";
import { escapeDeviceText } from "../text/escape-device-text.ts";
import { ImportKeySheet } from "../vault/import-key-sheet.tsx";
import { KeySheet } from "../vault/key-sheet.tsx";

/** Names are up to this long; an imported key brings its own from the file. */
const NAME_MAX_CHARS = 128;

const KIND_WORDS: Readonly<Record<NewKeyKind, { label: string; hint: string }>> = {
  ed25519: {
    label: "Ed25519",
    hint: "Short and strong. Linux, EOS, new Junos and NX-OS take it; IOS mostly does not.",
  },
  "ecdsa-p256": { label: "ECDSA P-256", hint: "Taken by most platforms, but not by classic IOS." },
  "rsa-3072": { label: "RSA 3072", hint: "For what takes nothing else, IOS for one. Takes some seconds to make." },
};

/** SSH keys of this tablet: made here, or imported into the vault [S52] [S57]. */
export function KeysSection() {
  const view = useView("ssh_keys");
  const vault = useView("vault");
  const [shown, setShown] = useState<string>();
  const [adding, setAdding] = useState<"make" | "import">();
  const keys = view?.keys ?? [];
  const open = keys.find(({ id }) => id === shown);
  return (
    <section className="rs-settings-section">
      <h3>SSH keys</h3>
      <p>
        A key made here never leaves this tablet, and cannot be read even by this app: it signs when you open a device,
        and only for the host that you open.
      </p>
      {keys.length === 0 ? <p className="rs-muted">No keys yet.</p> : null}
      <ul className="rs-secret-list">
        {keys.map((key) => (
          <li key={key.id}>
            <div>
              <strong>
                <DeviceText max={NAME_MAX_CHARS} text={key.name} />
              </strong>
              <span className="rs-muted">
                {key.type}
                {key.imported ? ", imported" : ""}
              </span>
              <code className="rs-code-line">{key.sha256}</code>
            </div>
            <Button
              icon="more"
              label={`Show ${escapeDeviceText(key.name, NAME_MAX_CHARS)}`}
              onClick={() => setShown(key.id)}
              variant="ghost"
            />
          </li>
        ))}
      </ul>
      {vault?.phase === "locked" ? <p className="rs-muted">Imported keys are listed while the vault is open.</p> : null}
      {adding === "make" ? (
        <MakeKey
          kinds={view?.kinds ?? []}
          onClose={() => setAdding(undefined)}
          onMade={(id) => {
            setAdding(undefined);
            setShown(id);
          }}
        />
      ) : (
        <div className="rs-btn-row">
          <Button icon="add" onClick={() => setAdding("make")}>
            Make a key…
          </Button>
          <Button
            disabledReason={
              vault?.phase === "unlocked"
                ? undefined
                : vault?.phase === "locked"
                  ? "Unlock the vault first"
                  : "Imported keys live in the vault: make one first"
            }
            onClick={() => setAdding("import")}
          >
            Import a key…
          </Button>
        </div>
      )}
      {adding === "import" ? <ImportKeySheet onClose={() => setAdding(undefined)} /> : null}
      {open === undefined ? null : <KeySheet key={open.id} onClose={() => setShown(undefined)} shown={open} />}
    </section>
  );
}

type MakeKeyProps = { kinds: readonly NewKeyKind[]; onClose: () => void; onMade: (id: SshKeyView["id"]) => void };

function MakeKey({ kinds, onClose, onMade }: MakeKeyProps) {
  const dispatch = useDispatch();
  const [kind, setKind] = useState<NewKeyKind>(kinds[0] ?? "ecdsa-p256");
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorPayload>();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const result = await dispatch<string>(secretCommands.makeKey(kind, name));
    setBusy(false);
    if (!result.ok) setError(result.error);
    else if (result.value !== undefined) onMade(result.value);
  };
  return (
    <form className="rs-form" onSubmit={(event) => void submit(event)}>
      <Segments
        choices={kinds.map((value) => ({ value, label: KIND_WORDS[value].label }))}
        hint={KIND_WORDS[kind].hint}
        label="Kind"
        onChange={setKind}
        value={kind}
      />
      {kinds.includes("ed25519") ? null : (
        <Callout title="This browser cannot make Ed25519 keys" tone="info">
          <p>ECDSA P-256 is the next best.</p>
        </Callout>
      )}
      <TextField
        autoFocus
        hint="Stands as comment behind the public key"
        label="Name"
        maxLength={128}
        onChange={setName}
        placeholder="Tablet, rack 14"
        value={name}
      />
      <ErrorNote error={error} />
      <div className="rs-btn-row">
        <Button onClick={onClose}>Cancel</Button>
        <Button disabledReason={busy ? "Making the key" : undefined} type="submit" variant="primary">
          {busy ? "Making it…" : "Make the key"}
        </Button>
      </div>
    </form>
  );
}
