import { type FormEvent, useId, useState } from "react";
import { useDispatch } from "#bridge/hooks.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import type { ErrorPayload, SecretBinding, SecretKind, VaultEntryView } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { Dialog } from "../primitives/dialog.tsx";
import { Segments, Switch, TextField } from "../primitives/field.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { escapeDeviceText } from "../text/escape-device-text.ts";
import { BindingFields, useDeviceNames } from "./binding-fields.tsx";
import { bindingsFault, placeAt } from "./binding-text.ts";

const KINDS: readonly { value: SecretKind; label: string }[] = [
  { value: "password", label: "Password" },
  { value: "enable", label: "Enable secret" },
  { value: "snippet", label: "Snippet" },
];

/** Adds or changes an entry of the vault; the secret goes straight to the worker [S72]. */
export function EntrySheet({ entry, onClose }: { entry: VaultEntryView | undefined; onClose: () => void }) {
  const dispatch = useDispatch();
  const formId = useId();
  const [first] = useDeviceNames();
  const [kind, setKind] = useState<SecretKind>(entry === undefined || entry.kind === "key" ? "password" : entry.kind);
  const [name, setName] = useState(entry?.name ?? "");
  const [user, setUser] = useState(entry?.user ?? "");
  const [secret, setSecret] = useState("");
  const [shown, setShown] = useState(false);
  const [bindings, setBindings] = useState<readonly SecretBinding[]>(
    entry?.bindings ?? [first === undefined ? { kind: "pattern", host: "" } : placeAt(first)],
  );
  const [tried, setTried] = useState(false);
  const [removing, setRemoving] = useState(false);
  const [error, setError] = useState<ErrorPayload>();
  const faults = {
    name: name.trim() === "" ? "Give it a name." : undefined,
    secret: entry === undefined && secret === "" ? "Type the secret." : undefined,
    bindings: bindingsFault(bindings),
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (Object.values(faults).some((fault) => fault !== undefined)) return;
    const result = await dispatch(
      secretCommands.putEntry({
        kind,
        name: name.trim(),
        bindings,
        ...(entry === undefined ? {} : { entry: entry.id }),
        ...(kind === "password" && user !== "" ? { user } : {}),
        ...(secret === "" ? {} : { secret }),
      }),
    );
    if (result.ok) onClose();
    else setError(result.error);
  };
  const remove = async (): Promise<void> => {
    const result = entry === undefined ? undefined : await dispatch(secretCommands.removeEntry(entry.id));
    if (result === undefined || result.ok) onClose();
    else setError(result.error);
  };
  return (
    <Dialog
      footer={
        <>
          {entry === undefined ? null : removing ? (
            <Button icon="remove" onClick={() => void remove()} variant="danger">
              Remove it for good
            </Button>
          ) : (
            <Button icon="remove" onClick={() => setRemoving(true)} variant="ghost">
              Remove…
            </Button>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <button className="rs-btn" data-variant="primary" form={formId} type="submit">
            {entry === undefined ? "Add" : "Save"}
          </button>
        </>
      }
      icon="denied"
      onClose={onClose}
      title={entry === undefined ? "New entry" : escapeDeviceText(entry.name, 128)}
    >
      <form className="rs-form" id={formId} noValidate onSubmit={(event) => void submit(event)}>
        {entry === undefined ? <Segments choices={KINDS} label="Kind" onChange={setKind} value={kind} /> : null}
        <TextField
          autoFocus
          error={tried ? faults.name : undefined}
          label="Name"
          maxLength={128}
          onChange={setName}
          value={name}
        />
        {kind === "password" ? (
          <TextField
            autoComplete="off"
            hint="For you to tell entries apart; a device has its own user name"
            label="User"
            maxLength={256}
            mono
            onChange={setUser}
            value={user}
          />
        ) : null}
        <TextField
          autoComplete="off"
          error={tried ? faults.secret : undefined}
          hint={entry === undefined ? undefined : "Empty: it stays as it is"}
          label={kind === "snippet" ? "Text to insert" : "Secret"}
          maxLength={4_096}
          mono
          onChange={setSecret}
          type={shown ? "text" : "password"}
          value={secret}
        />
        <Switch checked={shown} label="Show what I type" onChange={setShown} />
        <BindingFields bindings={bindings} error={tried ? faults.bindings : undefined} onChange={setBindings} />
        <ErrorNote error={error} />
      </form>
    </Dialog>
  );
}
