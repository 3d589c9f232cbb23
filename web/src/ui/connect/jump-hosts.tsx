import { Button } from "../primitives/button.tsx";
import { TextField } from "../primitives/field.tsx";
import { AlgorithmSelect } from "./algorithm-select.tsx";
import type { HopForm } from "./device-form.ts";

/** Hosts that a connection may go through [S39]. */
const HOPS_MAX = 3;

type JumpHostsProps = {
  via: readonly HopForm[];
  errors: readonly (string | undefined)[];
  onChange: (via: HopForm[]) => void;
  /** One is taken off the way, whose logins go with it. */
  onRemove: (at: number) => void;
};

/** The way to a device that is not reached directly: in order, each as `user@address:port` [S39]. */
export function JumpHosts({ via, errors, onChange, onRemove }: JumpHostsProps) {
  const change = (at: number, part: Partial<HopForm>): void =>
    onChange(via.map((old, index) => (index === at ? { ...old, ...part } : old)));
  return (
    <fieldset className="rs-fieldset rs-form">
      <legend className="rs-field-label">Jump hosts</legend>
      {via.map(({ text, algorithms }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a hop is known by its place on the way
        <div className="rs-form" key={at}>
          <TextField
            error={errors[at]}
            hint={at === 0 ? "The proxy connects to this one; each has its own login and its own host key" : undefined}
            inputMode="url"
            label={`Jump host ${at + 1}`}
            maxLength={512}
            mono
            onChange={(changed) => change(at, { text: changed })}
            placeholder="user@address, or user@address:port"
            value={text}
          />
          <AlgorithmSelect
            label={`Algorithms of jump host ${at + 1}`}
            onChange={(set) => change(at, { algorithms: set })}
            value={algorithms}
          />
          <div className="rs-btn-row">
            <Button icon="remove" onClick={() => onRemove(at)} variant="ghost">
              Without jump host {at + 1}
            </Button>
          </div>
        </div>
      ))}
      <div className="rs-btn-row">
        <Button
          disabledReason={via.length >= HOPS_MAX ? `At most ${HOPS_MAX} jump hosts` : undefined}
          icon="add"
          onClick={() => onChange([...via, { text: "", algorithms: "modern" }])}
        >
          Add a jump host
        </Button>
      </div>
    </fieldset>
  );
}
