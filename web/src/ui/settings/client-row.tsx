import { useState } from "react";
import type { ClientView } from "#bridge/types.ts";
import { agoText, clockText } from "../format/times.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { Chip } from "../primitives/chip.tsx";
import { Switch, TextField } from "../primitives/field.tsx";
import { DeviceText } from "../text/device-text.tsx";

type ClientRowProps = {
  client: ClientView;
  /** Whether it belongs to somebody else: shown to administrators only. */
  foreign: boolean;
  now: number;
  onRename: (label: string) => void;
  onRevoke: (endSessions: boolean) => void;
};

/** One paired device: who, since when, from where, with which key; renaming and revoking. */
export function ClientRow({ client, foreign, now, onRename, onRevoke }: ClientRowProps) {
  const [doing, setDoing] = useState<"nothing" | "renaming" | "revoking">("nothing");
  const close = (): void => setDoing("nothing");
  return (
    <li className="rs-client" data-client={client.client_id}>
      <div className="rs-client-head">
        <strong>
          <DeviceText max={128} text={client.label} />
        </strong>
        {client.this ? (
          <Chip icon="check" tone="info">
            this one
          </Chip>
        ) : null}
        {client.online ? (
          <Chip icon="link" tone="ok">
            connected
          </Chip>
        ) : null}
      </div>
      <p className="rs-muted">
        {foreign ? (
          <>
            <DeviceText max={128} text={client.user} />,{" "}
          </>
        ) : null}
        paired {clockText(client.paired, now)}, last seen {agoText(now - client.last_seen)} from{" "}
        <bdi>{client.last_addr}</bdi>
      </p>
      <p className="rs-client-key rs-selectable">{client.key}</p>
      {doing === "renaming" ? (
        <Renaming
          label={client.label}
          onCancel={close}
          onDone={(label) => {
            close();
            onRename(label);
          }}
        />
      ) : doing === "revoking" ? (
        <Revoking client={client} onCancel={close} onDone={onRevoke} />
      ) : (
        <div className="rs-btn-row">
          <Button icon="edit" onClick={() => setDoing("renaming")} variant="ghost">
            Rename
          </Button>
          {client.this ? null : (
            <Button icon="denied" onClick={() => setDoing("revoking")} variant="ghost">
              Revoke…
            </Button>
          )}
        </div>
      )}
    </li>
  );
}

function Renaming(props: { label: string; onCancel: () => void; onDone: (label: string) => void }) {
  const [label, setLabel] = useState(props.label);
  const empty = label.trim() === "";
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!empty) props.onDone(label.trim());
      }}
    >
      <TextField autoFocus label="Name" maxLength={128} onChange={setLabel} value={label} />
      <div className="rs-btn-row">
        <Button onClick={props.onCancel}>Cancel</Button>
        <Button disabledReason={empty ? "A name is needed" : undefined} type="submit" variant="primary">
          Rename
        </Button>
      </div>
    </form>
  );
}

function Revoking(props: { client: ClientView; onCancel: () => void; onDone: (endSessions: boolean) => void }) {
  const [ends, setEnds] = useState(false);
  return (
    <Callout
      actions={
        <>
          <Button autoFocus onClick={props.onCancel}>
            Keep it
          </Button>
          <Button icon="denied" onClick={() => props.onDone(ends)} variant="danger">
            Revoke now
          </Button>
        </>
      }
      title="Revoke this device?"
      tone="warn"
    >
      <p>Its connection is closed at once, and it needs a new pairing code to come back.</p>
      <Switch
        checked={ends}
        hint="Otherwise they stay at the proxy for their grace time, and you can take them over here"
        label="End its sessions too"
        onChange={setEnds}
      />
    </Callout>
  );
}
