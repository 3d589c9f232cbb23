import { type FormEvent, useId, useState } from "react";
import { useDispatch } from "#bridge/hooks.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import type { ErrorPayload, SecretBinding } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { Dialog } from "../primitives/dialog.tsx";
import { TextArea, TextField } from "../primitives/field.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { BindingFields, useDeviceNames } from "./binding-fields.tsx";
import { bindingsFault, placeAt } from "./binding-text.ts";
import { PassphraseField } from "./passphrase-field.tsx";
import { KEY_FILE, readTextFile, tooLong } from "./text-files.ts";

/** Takes a private key from a file or pasted text into the vault; the text is forgotten when the form closes [S57]. */
export function ImportKeySheet({ onClose }: { onClose: () => void }) {
  const dispatch = useDispatch();
  const formId = useId();
  const fileId = useId();
  const [first] = useDeviceNames();
  const [text, setText] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const [name, setName] = useState("");
  const [bindings, setBindings] = useState<readonly SecretBinding[]>([
    first === undefined ? { kind: "pattern", host: "" } : placeAt(first),
  ]);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const [error, setError] = useState<ErrorPayload>();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const wrong = bindingsFault(bindings);
    setFault(wrong);
    const long = tooLong(text, KEY_FILE);
    setError(long);
    if (wrong !== undefined || long !== undefined || busy) return;
    setBusy(true);
    const result = await dispatch(secretCommands.importKey(text, passphrase, name, bindings));
    setBusy(false);
    setPassphrase("");
    if (!result.ok) setError(result.error);
    else {
      setText("");
      onClose();
    }
  };
  const choose = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const read = await readTextFile(file, KEY_FILE);
    setError(read.ok ? undefined : read.error);
    // What was pasted before stays: the file gave nothing in its place.
    if (!read.ok) return;
    setText(read.text);
    if (name === "") setName(file.name.slice(0, 128));
  };
  return (
    <Dialog
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <button className="rs-btn" data-variant="primary" form={formId} type="submit">
            {busy ? "Reading it…" : "Import"}
          </button>
        </>
      }
      icon="gated"
      onClose={onClose}
      title="Import a private key"
    >
      <form className="rs-form" id={formId} noValidate onSubmit={(event) => void submit(event)}>
        <p>
          OpenSSH and PEM files, encrypted or not. PuTTY files, certificates and hardware keys have to be converted.
        </p>
        <div className="rs-field">
          <label htmlFor={fileId}>Key file</label>
          <input
            className="rs-input"
            id={fileId}
            onChange={(event) => void choose(event.target.files?.[0])}
            type="file"
          />
        </div>
        {/* No maxLength: it would cut a long paste without a word. */}
        <TextArea label="or its text" onChange={setText} rows={4} value={text} />
        <PassphraseField
          hint="Only if the file is encrypted"
          label="Passphrase of the file"
          of="file"
          onChange={setPassphrase}
          value={passphrase}
        />
        <TextField label="Name" maxLength={128} onChange={setName} value={name} />
        <BindingFields bindings={bindings} error={fault} onChange={setBindings} />
        <ErrorNote error={error} />
      </form>
    </Dialog>
  );
}
