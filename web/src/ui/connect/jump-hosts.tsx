import { Button } from "../primitives/button.tsx";
import { TextField } from "../primitives/field.tsx";

/** Hosts that a connection may go through [S39]. */
const HOPS_MAX = 3;

type JumpHostsProps = {
  via: readonly string[];
  errors: readonly (string | undefined)[];
  onChange: (via: string[]) => void;
};

/** The way to a device that is not reached directly: in order, each as `user@address:port` [S39]. */
export function JumpHosts({ via, errors, onChange }: JumpHostsProps) {
  return (
    <fieldset className="rs-fieldset rs-form">
      <legend className="rs-field-label">Jump hosts</legend>
      {via.map((text, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a hop is known by its place on the way
        <div className="rs-form" key={at}>
          <TextField
            error={errors[at]}
            hint={at === 0 ? "The proxy connects to this one; each has its own login and its own host key" : undefined}
            inputMode="url"
            label={`Jump host ${at + 1}`}
            maxLength={512}
            mono
            onChange={(changed) => onChange(via.map((old, index) => (index === at ? changed : old)))}
            placeholder="user@address, or user@address:port"
            value={text}
          />
          <div className="rs-btn-row">
            <Button icon="remove" onClick={() => onChange(via.filter((_, index) => index !== at))} variant="ghost">
              Without jump host {at + 1}
            </Button>
          </div>
        </div>
      ))}
      <div className="rs-btn-row">
        <Button
          disabledReason={via.length >= HOPS_MAX ? `At most ${HOPS_MAX} jump hosts` : undefined}
          icon="add"
          onClick={() => onChange([...via, ""])}
        >
          Add a jump host
        </Button>
      </div>
    </fieldset>
  );
}
