import { useView } from "#bridge/hooks.ts";
import type { SecretBinding } from "#bridge/types.ts";
import { hostOf, hostText } from "../connect/bound-way.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { SelectField, TextField } from "../primitives/field.tsx";
import { DeviceText } from "../text/device-text.tsx";
import { bindingText, type DeviceName, movedDevice, placeAt } from "./binding-text.ts";

const PATTERN = "pattern";

export function useDeviceNames(): readonly DeviceName[] {
  const records = useView("catalog")?.records ?? [];
  return records
    .filter(({ simulated }) => simulated !== true)
    .map(({ id, label, target }) => ({ id, label, at: hostOf(target) }));
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
    onChange([...bindings, first === undefined ? { kind: "pattern", host: "" } : placeAt(first)]);
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
            onChange={(value) => {
              const device = devices.find(({ id }) => id === value);
              if (value === PATTERN) change(at, { kind: "pattern", host: "" });
              else if (device !== undefined) change(at, placeAt(device));
            }}
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
          <MovedPlace binding={binding} devices={devices} onBind={(device) => change(at, placeAt(device))} />
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

type MovedPlaceProps = {
  binding: SecretBinding;
  devices: readonly DeviceName[];
  onBind: (device: DeviceName) => void;
};

/** The device is at another address than the entry was bound to; a person may say that it is right [S47] [S67]. */
function MovedPlace({ binding, devices, onBind }: MovedPlaceProps) {
  const device = movedDevice(binding, devices);
  if (device?.at === undefined || binding.kind !== "device") return null;
  return (
    <Callout title="Not offered: the device has another address now" tone="warn">
      <p>
        Bound to{" "}
        {binding.at === undefined ? (
          "an address that was not noted"
        ) : (
          <DeviceText max={320} text={hostText(binding.at)} />
        )}
        ; the list says <DeviceText max={320} text={hostText(device.at)} />.
      </p>
      <div className="rs-btn-row">
        <Button onClick={() => onBind(device)}>It is really there</Button>
      </div>
    </Callout>
  );
}
