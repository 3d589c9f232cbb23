import { type SyntheticEvent, useState } from "react";
import type { SnapshotEntry } from "#bridge/types.ts";
import { agoText, clockText, exactTime } from "../format/times.ts";
import { Button } from "../primitives/button.tsx";
import { TextField } from "../primitives/field.tsx";
import { escapeDeviceText } from "../text/escape-device-text.ts";

type SnapshotRowProps = {
  entry: SnapshotEntry;
  now: number;
  onCompare: () => void;
  onRename: (name: string) => void;
  onRemove: () => void;
};

/** One snapshot: when, of what, and what can be done with it. */
export function SnapshotRow({ entry, now, onCompare, onRename, onRemove }: SnapshotRowProps) {
  const [act, setAct] = useState<"rename" | "remove">();
  const [name, setName] = useState(entry.name);
  const close = (): void => setAct(undefined);
  const rename = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (name.trim() === "") return;
    onRename(name);
    close();
  };
  return (
    <li data-testid="snapshot">
      <div className="rs-snapshot-line">
        <div className="rs-snapshot-what">
          <strong>{entry.name}</strong>
          <span className="rs-muted">
            <time dateTime={exactTime(entry.at)}>{clockText(entry.at, now)}</time>, {agoText(now - entry.at)},{" "}
            {entry.panels.length} {entry.panels.length === 1 ? "panel" : "panels"}
            {entry.device.hostname === undefined ? "" : ` of ${escapeDeviceText(entry.device.hostname, 60)}`}
          </span>
        </div>
        <Button onClick={onCompare}>Compare with now</Button>
        <Button
          expanded={act === "rename"}
          icon="edit"
          label={`Rename ${entry.name}`}
          onClick={() => setAct(act === "rename" ? undefined : "rename")}
          variant="ghost"
        />
        <Button
          expanded={act === "remove"}
          icon="remove"
          label={`Remove ${entry.name}`}
          onClick={() => setAct(act === "remove" ? undefined : "remove")}
          variant="ghost"
        />
      </div>
      {act === "rename" ? (
        <form className="rs-form" onSubmit={rename}>
          <TextField label="New name" maxLength={80} onChange={setName} value={name} />
          <div className="rs-btn-row">
            <Button disabledReason={name.trim() === "" ? "It needs a name" : undefined} type="submit" variant="primary">
              Rename
            </Button>
            <Button onClick={close}>Cancel</Button>
          </div>
        </form>
      ) : null}
      {act === "remove" ? (
        <div className="rs-form" role="alert">
          <p>Remove “{entry.name}”? It is on this tablet only and cannot be brought back.</p>
          <div className="rs-btn-row">
            <Button icon="remove" onClick={onRemove} variant="danger">
              Remove it
            </Button>
            <Button onClick={close}>Keep it</Button>
          </div>
        </div>
      ) : null}
    </li>
  );
}
