import { useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch, useView, useViewSelector } from "#bridge/hooks.ts";
import type { DeviceRecord, ErrorPayload, HostKey } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { TextField } from "../primitives/field.tsx";
import { ErrorNotice } from "../status/error-notice.tsx";
import { DeviceText } from "../text/device-text.tsx";
import { changedKeyOf, datesOf } from "./changed-key.ts";
import { KeyComparison } from "./key-comparison.tsx";
import { LastSerial } from "./last-serial.tsx";

/** Letters of the new fingerprint's end, as read on the device's console [S48]. */
const TYPED_CHARS = 6;

type ReplaceKeyProps = { record: DeviceRecord; onReplaced: () => void };

/**
 * Replacing a changed host key: an act of its own in the device's settings, never on the hard stop itself. The device
 * keeps its history; the key is stored once the next handshake proves it [S46] [S48].
 */
export function ReplaceKey({ record, onReplaced }: ReplaceKeyProps) {
  const dispatch = useDispatch();
  const key = `device:${record.id}` as const;
  const error = useViewSelector(key, (view) => view?.ssh1.ended?.error);
  const cols = useViewSelector(key, (view) => view?.ssh1.cols || 80);
  const rows = useViewSelector(key, (view) => view?.ssh1.rows || 24);
  const listed = useView("catalog")?.records.some(({ id }) => id === record.id) === true;
  const dates = useView("key_dates");
  const [typed, setTyped] = useState("");
  const [refusal, setRefusal] = useState<ErrorPayload>();
  const changed = changedKeyOf(error, record);
  if (changed === undefined) return null;
  const { host, port, via, isDevice, keys } = changed;
  const replace = async (): Promise<void> => {
    const wish = { host, port, via, offered: keys.offered, typed: typed.trim() };
    const result = await dispatch<{ host_key: HostKey }>(commands.replaceHostKey(wish));
    if (!result.ok || result.value === undefined) {
      setRefusal(result.ok ? undefined : result.error);
      return;
    }
    const { host_key } = result.value;
    // A quick connection remembers nothing, and a jump host's key is none of this record's.
    const kept =
      isDevice && listed && record.pins.length > 0
        ? await dispatch(commands.putDevice({ ...record, pins: [host_key] }))
        : result;
    if (!kept.ok) {
      setRefusal(kept.error);
      return;
    }
    onReplaced();
    // The next handshake shows whether the new key is really the device's.
    void dispatch(commands.reconnect(record.id, { cols, rows }));
  };
  return (
    <fieldset className="rs-fieldset rs-form" data-testid="replace-key">
      <legend className="rs-field-label">The host key has changed</legend>
      <p>
        <code>
          <DeviceText max={320} text={`${host}:${port}`} />
        </code>
        {isDevice ? "" : " (jump host)"} showed another key. Replace the old one only if the device was exchanged or set
        up anew, and after reading the new fingerprint on its own console.
      </p>
      <KeyComparison dates={(sha256) => datesOf(dates, changed, sha256)} keys={keys} />
      {isDevice ? <LastSerial device={record.id} /> : null}
      <ErrorNotice error={refusal} title="Not replaced" />
      <TextField
        autoComplete="off"
        hint="Upper and lower case count. History and notes of the device stay"
        label={`Type the last ${TYPED_CHARS} characters of the new fingerprint, as the device’s console shows it`}
        maxLength={TYPED_CHARS}
        mono
        onChange={setTyped}
        value={typed}
      />
      <div className="rs-btn-row">
        <Button
          disabledReason={
            typed.trim().length === TYPED_CHARS ? undefined : `Type ${TYPED_CHARS} characters from the device’s console`
          }
          icon="key_stop"
          onClick={() => void replace()}
          variant="danger"
        >
          Replace the host key
        </Button>
      </div>
    </fieldset>
  );
}
