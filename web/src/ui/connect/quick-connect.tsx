import { type FormEvent, useState } from "react";
import type { DeviceRecord } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { TextField } from "../primitives/field.tsx";
import { emptyForm, formErrors, newDeviceId, recordOf, splitTarget } from "./device-form.ts";

type QuickConnectProps = { disabledReason: string | undefined; onOpen: (record: DeviceRecord) => void };

/** One line, `user@address:port`, and there is a terminal; nothing is stored. */
export function QuickConnect({ disabledReason, onOpen }: QuickConnectProps) {
  const [text, setText] = useState("");
  const [fault, setFault] = useState<string>();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (disabledReason !== undefined) return;
    const form = { ...emptyForm, ...splitTarget(text) };
    const errors = formErrors(form);
    const first = errors.host ?? errors.user ?? errors.port;
    setFault(errors.user !== undefined && errors.host === undefined ? "Write it as user@address." : first);
    if (first === undefined)
      onOpen(
        recordOf(
          form,
          newDeviceId((bytes) => crypto.getRandomValues(bytes)),
        ),
      );
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
    </form>
  );
}
