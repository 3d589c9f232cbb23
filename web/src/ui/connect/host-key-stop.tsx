import "./question.css";
import { useState } from "react";
import { useView } from "#bridge/hooks.ts";
import type { DeviceRecord, ErrorPayload } from "#bridge/types.ts";
import { goTo } from "../layout/navigation.ts";
import { Button } from "../primitives/button.tsx";
import { Icon } from "../primitives/icon.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { CopyButton } from "../text/copy-button.tsx";
import { datesOf, placeOfKey } from "./changed-key.ts";
import { DeviceSheet } from "./device-sheet.tsx";
import { KeyComparison } from "./key-comparison.tsx";
import { LastSerial } from "./last-serial.tsx";

type HostKeyStopProps = { device: string; error: ErrorPayload; record: DeviceRecord };

/** A changed host key is a hard stop: both keys, no way to accept here; replacing is a separate act [S48]. */
export function HostKeyStop({ device, error, record }: HostKeyStopProps) {
  const [editing, setEditing] = useState(false);
  const keys = error.host_keys;
  const place = placeOfKey(error, record);
  const dates = useView("key_dates");
  return (
    <div className="rs-session-card" data-testid="host-key-stop" data-tone="crit" role="alert">
      <h2>
        <Icon name="key_stop" />
        The host key has changed
      </h2>
      <ErrorNote error={error} />
      {keys === undefined ? null : <KeyComparison dates={(sha256) => datesOf(dates, place, sha256)} keys={keys} />}
      {place.isDevice ? <LastSerial device={device} /> : null}
      <div className="rs-btn-row" data-align="end">
        {keys === undefined ? null : <CopyButton label="Copy both" text={[...keys.known, keys.offered].join("\n")} />}
        <Button icon="edit" onClick={() => setEditing(true)} variant="ghost">
          Device settings
        </Button>
        <Button autoFocus onClick={() => goTo(null)} variant="primary">
          Back to devices
        </Button>
      </div>
      {editing ? <DeviceSheet catalog={[]} onClose={() => setEditing(false)} record={record} /> : null}
    </div>
  );
}
