import { useView } from "#bridge/hooks.ts";
import type { SecretBinding } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { SelectField, TextField } from "../primitives/field.tsx";
import { bindingText, type DeviceName } from "./binding-text.ts";

const PATTERN = "pattern";

export function useDeviceNames(): readonly DeviceName[] {
  const records = useView("catalog")?.records ?? [];
  return records.filter(({ simulated }) => simulated !== true).map(({ id, label }) => ({ id, label }));
}

type BindingFieldsProps = {
  bindings: readonly SecretBinding[];
  error?: string | undefined;
  onChange: (bindings: readonly SecretBinding[]) => void;
};

/** Where an entry may be used: devices of the list, or a pattern of host, port and user [S67]. */
export function BindingFields({ bindings, error, onChange }: BindingFieldsProps) {
  const devices = useDeviceNames();
  const change = (at: number, binding: SecretBinding): void =>
    onChange(bindings.map((old, index) => (index === at ? binding : old)));
  const add = (): void => {
    const [first] = devices;
    onChange([...bindings, first === undefined ? { kind: "pattern", host: "" } : { kind: "device", device: first.id }]);
  };
  return (
    <fieldset className="rs-fieldset rs-form">
      <legend className="rs-field-label">May be used at</legend>
      {bindings.map((binding, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name of their own, and are not reordered
        <div className="rs-form" key={at}>
          <SelectField
            choices={[
              ...devices.map(({ id, label }) => ({ value: id, label })),
              ...(binding.kind === "device" && !devices.some(({ id }) => id === binding.device)
                ? [{ value: binding.device, label: bindingText(binding, devices) }]
                : []),
              { value: PATTERN, label: "Every device that fits a pattern" },
            ]}
            label={`Place ${at + 1}`}
            onChange={(value) =>
              change(at, value === PATTERN ? { kind: "pattern", host: "" } : { kind: "device", device: value })
            }
            value={binding.kind === "device" ? binding.device : PATTERN}
          />
          {binding.kind === "pattern" ? (
            <div className="rs-form-row">
              <TextField
                hint="* stands for any characters: 10.20.*, or *.lab.example"
                inputMode="url"
                label="Name or address"
                maxLength={253}
                mono
                onChange={(host) => change(at, { ...binding, host: host.trim() })}
                value={binding.host}
              />
              <TextField
                hint="Empty: any"
                label="User"
                maxLength={256}
                mono
                onChange={(user) => change(at, { ...binding, user: user === "" ? undefined : user })}
                value={binding.user ?? ""}
              />
            </div>
          ) : null}
          {bindings.length > 1 ? (
            <div className="rs-btn-row">
              <Button
                icon="remove"
                onClick={() => onChange(bindings.filter((_, index) => index !== at))}
                variant="ghost"
              >
                Not there
              </Button>
            </div>
          ) : null}
        </div>
      ))}
      {error === undefined ? null : <p className="rs-field-error">{error}</p>}
      <div className="rs-btn-row">
        <Button icon="add" onClick={add}>
          Add a place
        </Button>
      </div>
    </fieldset>
  );
}
