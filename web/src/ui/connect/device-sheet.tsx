import { type FormEvent, useId, useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import type { DeviceRecord, HostKey, LoginChoice } from "#bridge/types.ts";
import { platforms } from "#telemetry/knowledge/platforms.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { Sheet } from "../primitives/dialog.tsx";
import { Segments, SelectField, Switch, TextArea, TextField } from "../primitives/field.tsx";
import { Icon } from "../primitives/icon.tsx";
import { ErrorNotice } from "../status/error-notice.tsx";
import { escapeDeviceText } from "../text/escape-device-text.ts";
import { AlgorithmSelect } from "./algorithm-select.tsx";
import { wayOf } from "./bound-way.ts";
import { pinsOf, placeOfTarget } from "./changed-key.ts";
import { ClipboardChoice } from "./clipboard-choice.tsx";
import {
  type DeviceForm,
  emptyForm,
  formErrors,
  formOf,
  newDeviceId,
  recordOf,
  splitTarget,
  viaErrors,
} from "./device-form.ts";
import { JumpHosts } from "./jump-hosts.tsx";
import { LoginFields } from "./login-fields.tsx";
import { type Decided, loginMove } from "./login-move.ts";
import { withoutHop } from "./login-picks.ts";
import { MoveChoice } from "./moved-login.tsx";
import { PinnedKeys } from "./pinned-keys.tsx";
import { ReplaceKey } from "./replace-key.tsx";
import { type PartlySaved, type SavePart, savedText, savedTitle, saveParts } from "./save-parts.ts";

/** Of a device that is new and has no address yet. */
const NOWHERE = { host: "", port: 22, user: "", via: [] };

type DeviceSheetProps = { record: DeviceRecord | undefined; catalog: readonly DeviceRecord[]; onClose: () => void };

/** Adds, changes or removes a device of the user's list. Holds no secret. */
export function DeviceSheet({ record, catalog, onClose }: DeviceSheetProps) {
  const [form, setForm] = useState<DeviceForm>(() => (record === undefined ? emptyForm : formOf(record)));
  const [tried, setTried] = useState(false);
  const [refusal, setRefusal] = useState<PartlySaved>();
  // Saved again after a part was refused, it is still the same device.
  const [id] = useState(() => record?.id ?? newDeviceId((bytes) => crypto.getRandomValues(bytes)));
  const [forgotten, setForgotten] = useState<readonly string[]>([]);
  const remembered = (pin: HostKey): boolean => !forgotten.includes(pin.sha256);
  const pins = useView("host_pins");
  const place = record && placeOfTarget(record.target);
  const [removing, setRemoving] = useState(false);
  const logins = useView("logins");
  const [choice, setChoice] = useState<LoginChoice>();
  const [decided, setDecided] = useState<Decided>();
  const dispatch = useDispatch();
  const formId = useId();
  const faults = formErrors(form);
  const errors = tried ? faults : {};
  const isFilled = Object.keys(faults).length === 0;
  const change = (part: Partial<DeviceForm>): void => setForm({ ...form, ...part });
  // While an address is being typed, the one before stands for it.
  const target = isFilled ? recordOf(form, id).target : (record?.target ?? NOWHERE);
  const login = loginMove({ record, to: wayOf(target), stored: logins?.[id], edited: choice, decided });

  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (!isFilled) return;
    const before = record === undefined ? undefined : { ...record, pins: record.pins.filter(remembered) };
    const next = recordOf(form, id, before);
    const { rebind, choose } = login;
    const parts: SavePart[] = [{ what: "the device", run: () => dispatch(commands.putDevice(next)) }];
    // What is bound moves first: the choice is of no use without it.
    if (rebind !== undefined) {
      const run = () => dispatch(secretCommands.rebindLogin(id, rebind.from, rebind.to));
      parts.push({ what: "the move of its login to the new address", run });
    }
    if (choose !== undefined) {
      parts.push({ what: "its login on this tablet", run: () => dispatch(secretCommands.chooseLogin(id, choose)) });
    }
    if (place !== undefined) {
      for (const sha256 of forgotten) {
        const run = () => dispatch(secretCommands.forgetPin(place, sha256));
        parts.push({ what: `that the host key ${sha256} is forgotten`, run });
      }
    }
    const refused = await saveParts(parts);
    if (refused === undefined) onClose();
    else setRefusal(refused);
  };
  const remove = async (): Promise<void> => {
    if (record === undefined) return;
    const result = await dispatch(commands.removeDevice(record.id));
    if (result.ok) onClose();
    else setRefusal({ error: result.error, saved: [], missing: [] });
  };
  const twin = catalog.find(
    (other) =>
      other.id !== record?.id &&
      other.target.host === form.host.trim() &&
      String(other.target.port) === form.port.trim() &&
      other.target.user === form.user.trim(),
  );
  return (
    <Sheet
      footer={
        removing ? (
          <>
            <Button onClick={() => setRemoving(false)}>Keep it</Button>
            <Button icon="remove" onClick={() => void remove()} variant="danger">
              Remove {escapeDeviceText(record?.label ?? "", 128)}
            </Button>
          </>
        ) : (
          <>
            {record === undefined ? null : (
              <Button icon="remove" onClick={() => setRemoving(true)} variant="ghost">
                Remove
              </Button>
            )}
            <Button onClick={onClose}>Cancel</Button>
            <SubmitButton formId={formId} label={record === undefined ? "Add device" : "Save"} />
          </>
        )
      }
      onClose={onClose}
      title={record === undefined ? "Add device" : "Edit device"}
    >
      <form className="rs-form" id={formId} noValidate onSubmit={(event) => void save(event)}>
        <ErrorNotice error={refusal?.error} title={refusal === undefined ? "" : savedTitle(refusal)}>
          {refusal === undefined ? undefined : savedText(refusal)}
        </ErrorNotice>
        {removing ? (
          <Callout title="Remove this device?" tone="warn">
            <p>Its address, notes and trusted keys are forgotten on all your tablets. Sessions that run go on.</p>
          </Callout>
        ) : null}
        {record === undefined ? null : <ReplaceKey onReplaced={onClose} record={record} />}
        <div className="rs-form-row">
          <TextField
            error={errors.host}
            inputMode="url"
            label="Name or address"
            maxLength={512}
            mono
            onChange={(text) => {
              const parts = splitTarget(text);
              // Only what was pasted or typed as a whole is taken apart; a bare address stays as it is while typing.
              change(parts.user !== undefined || parts.port !== undefined ? parts : { host: text });
            }}
            placeholder="10.0.0.1"
            value={form.host}
          />
          <TextField
            error={errors.port}
            inputMode="numeric"
            label="Port"
            maxLength={5}
            mono
            onChange={(port) => change({ port })}
            value={form.port}
          />
        </div>
        <TextField
          autoComplete="off"
          error={errors.user}
          label="User"
          maxLength={256}
          mono
          onChange={(user) => change({ user })}
          value={form.user}
        />
        <TextField
          error={errors.label}
          hint="How it is called in the list and on its tab"
          label="Label"
          maxLength={128}
          onChange={(label) => change({ label })}
          placeholder={form.host}
          value={form.label}
        />
        {twin === undefined ? null : (
          <Callout title={`“${escapeDeviceText(twin.label, 128)}” has the same address and user`} tone="info" />
        )}
        <Segments
          choices={[
            { value: "ask", label: "Ask" },
            { value: "allowed", label: "Allowed" },
            { value: "off", label: "Off" },
          ]}
          hint="Telemetry opens a second connection that only runs show commands"
          label="Telemetry"
          onChange={(telemetry) => change({ telemetry })}
          value={form.telemetry}
        />
        {login.asked === undefined ? null : (
          <MoveChoice
            before={login.asked.before}
            decision={login.asked.decision}
            now={wayOf(target)}
            onDecide={(as) => {
              setDecided({ as, to: wayOf(target) });
              setChoice(undefined);
            }}
          />
        )}
        {login.shown === undefined ? null : (
          <LoginFields choice={login.shown} hops={form.via.map(({ text }) => text)} onChange={setChoice} />
        )}
        <JumpHosts
          errors={tried ? viaErrors(form.via) : []}
          onChange={(via) => change({ via })}
          onRemove={(at) => {
            change({ via: form.via.filter((_, hop) => hop !== at) });
            if (login.shown !== undefined) setChoice(withoutHop(login.shown, at));
          }}
          via={form.via}
        />
        <details className="rs-details">
          <summary>
            <Icon name="right" />
            Platform, algorithms, notes
          </summary>
          <div className="rs-form">
            <SelectField
              choices={[
                { value: "", label: "Find out" },
                ...platforms
                  .filter((one) => one.id !== "unknown")
                  .map(({ id, title }) => ({ value: id, label: title })),
              ]}
              label="Platform"
              onChange={(platform) => change({ platform })}
              value={form.platform}
            />
            <Switch
              checked={form.markers}
              hint="A comment line after each command of telemetry marks the end of its answer. Turn it off where an AAA server records every line; from the next connection on."
              label="End markers"
              onChange={(markers) => change({ markers })}
            />
            <AlgorithmSelect
              hint="Older sets are weaker; the tab shows a badge while one is in use"
              label="Algorithms"
              onChange={(algorithms) => change({ algorithms })}
              value={form.algorithms}
            />
            <SelectField
              choices={[
                { value: "off", label: "Off" },
                { value: "tcp", label: "TCP" },
                { value: "ssh", label: "SSH" },
              ]}
              label="Keep-alive"
              onChange={(keepalive) => change({ keepalive })}
              value={form.keepalive}
            />
            <TextField
              error={errors.graceMinutes}
              hint="Minutes that the proxy keeps the sessions without a screen"
              inputMode="numeric"
              label="Grace time"
              maxLength={3}
              onChange={(graceMinutes) => change({ graceMinutes })}
              value={form.graceMinutes}
            />
            <TextArea
              error={errors.note}
              label="Note"
              maxLength={1_024}
              onChange={(note) => change({ note })}
              value={form.note}
            />
          </div>
        </details>
        {record === undefined ? null : <ClipboardChoice device={record.id} />}
        {place === undefined ? null : (
          <PinnedKeys
            onForget={({ sha256 }) => setForgotten([...forgotten, sha256])}
            pins={pinsOf(pins, place).filter(remembered)}
          />
        )}
      </form>
    </Sheet>
  );
}

function SubmitButton({ formId, label }: { formId: string; label: string }) {
  return (
    <button className="rs-btn" data-variant="primary" form={formId} type="submit">
      {label}
    </button>
  );
}
