import "./question.css";
import { useState } from "react";
import type { DeviceRecord, ErrorPayload } from "#bridge/types.ts";
import { goTo } from "../layout/navigation.ts";
import { Button } from "../primitives/button.tsx";
import { Icon } from "../primitives/icon.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { CopyButton } from "../text/copy-button.tsx";
import { DeviceText } from "../text/device-text.tsx";
import { DeviceSheet } from "./device-sheet.tsx";

type HostKeyStopProps = { device: string; error: ErrorPayload; record: DeviceRecord };

/** A changed host key is a hard stop: both keys, no way to accept here; replacing is a separate act [S48]. */
export function HostKeyStop({ error, record }: HostKeyStopProps) {
  const [editing, setEditing] = useState(false);
  const keys = error.host_keys;
  return (
    <div className="rs-session-card" data-testid="host-key-stop" data-tone="crit" role="alert">
      <h2>
        <Icon name="key_stop" />
        The host key has changed
      </h2>
      <ErrorNote error={error} />
      {keys === undefined ? null : (
        <dl className="rs-facts">
          <dt>Trusted</dt>
          <dd>
            {keys.known.map((known) => (
              <code className="rs-code-line rs-selectable" key={known}>
                <DeviceText text={known} />
              </code>
            ))}
          </dd>
          <dt>Shown now</dt>
          <dd>
            <DeviceText text={keys.type} />
            <code className="rs-code-line rs-selectable">
              <DeviceText text={keys.offered} />
            </code>
          </dd>
        </dl>
      )}
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
