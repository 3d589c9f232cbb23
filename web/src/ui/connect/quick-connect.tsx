import { type FormEvent, useState } from "react";
import type { DeviceRecord, LoginChoice } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { TextField } from "../primitives/field.tsx";
import { Icon } from "../primitives/icon.tsx";
import { emptyForm, formErrors, newDeviceId, recordOf, splitTarget } from "./device-form.ts";
import { LoginFields } from "./login-fields.tsx";
import { NO_LOGIN } from "./login-picks.ts";

type QuickConnectProps = {
  disabledReason: string | undefined;
  onOpen: (record: DeviceRecord, login: LoginChoice | undefined) => void;
};

/** One line, `user@address:port`, and there is a terminal; nothing is stored. */
export function QuickConnect({ disabledReason, onOpen }: QuickConnectProps) {
  const [text, setText] = useState("");
  const [fault, setFault] = useState<string>();
  const [unfolded, setUnfolded] = useState(false);
  const [login, setLogin] = useState<LoginChoice>();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (disabledReason !== undefined) return;
    const form = { ...emptyForm, ...splitTarget(text) };
    const errors = formErrors(form);
    const first = errors.host ?? errors.user ?? errors.port;
    setFault(errors.user !== undefined && errors.host === undefined ? "Write it as user@address." : first);
    if (first !== undefined) return;
    const id = newDeviceId((bytes) => crypto.getRandomValues(bytes));
    onOpen(recordOf(form, id), login);
  };
  return (
    <form aria-label="Quick connect" className="rs-quick" onSubmit={submit}>
      <TextField
        enterKeyHint="go"
        error={fault}
        inputMode="url"
        label="Connect to"
        maxLength={512}
        mono
        onChange={(value) => {
          setText(value);
          setFault(undefined);
        }}
        placeholder="user@address, or user@address:port"
        value={text}
      />
      <Button disabledReason={disabledReason} icon="connect" type="submit">
        Connect once
      </Button>
      <details className="rs-details" onToggle={(event) => setUnfolded(event.currentTarget.open)}>
        <summary>
          <Icon name="right" />
          With a key or a password of the vault
        </summary>
        {unfolded ? <LoginFields choice={login ?? NO_LOGIN} hops={[]} onChange={setLogin} /> : null}
      </details>
    </form>
  );
}
