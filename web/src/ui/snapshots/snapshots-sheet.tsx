import "./snapshots.css";
import { useState } from "react";
import type { Side } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { Sheet } from "../primitives/dialog.tsx";
import { SelectField } from "../primitives/field.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { useNow } from "../status/use-now.ts";
import { ComparisonView } from "./comparison-view.tsx";
import { SnapshotRow } from "./snapshot-row.tsx";
import { TakeSnapshot } from "./take-snapshot.tsx";
import { useSnapshots } from "./use-snapshots.ts";

type SnapshotsSheetProps = { device: string; connected: boolean; onClose: () => void };
type Pair = { before: Side; after: Side };

const NOW = "now";
const sideOf = (value: string): Side => (value === NOW ? NOW : { snapshot: value });

/** Named states of a device, and what differs between two of them; without a connection, of what was last known [T87]. */
export default function SnapshotsSheet({ device, connected, onClose }: SnapshotsSheetProps) {
  const { list, error, store, rename, remove } = useSnapshots(device);
  const [pair, setPair] = useState<Pair>();
  const [before, setBefore] = useState("");
  const [after, setAfter] = useState(NOW);
  const now = useNow();
  if (pair !== undefined) {
    return (
      <Sheet icon="snapshot" onClose={onClose} testId="snapshots" title="What differs" width="860px">
        <div className="rs-btn-row">
          <Button icon="back" onClick={() => setPair(undefined)}>
            Snapshots
          </Button>
        </div>
        <ComparisonView connected={connected} device={device} {...pair} />
      </Sheet>
    );
  }
  const names = (list ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const from = names.some(({ value }) => value === before) ? before : (names[0]?.value ?? "");
  const to = after === NOW || names.some(({ value }) => value === after) ? after : NOW;
  return (
    <Sheet icon="snapshot" onClose={onClose} testId="snapshots" title="Snapshots and compare" width="640px">
      <TakeSnapshot connected={connected} onStore={store} />
      {error === undefined ? null : <ErrorNote error={error} />}
      <section className="rs-form">
        <h3>Snapshots of this device</h3>
        {list === undefined && error === undefined ? <p className="rs-muted">Reading what the tablet keeps</p> : null}
        {list?.length === 0 ? (
          <p className="rs-muted">None yet. Take one before you change something; compare with it afterwards.</p>
        ) : null}
        <ul className="rs-snapshot-list">
          {list?.map((entry) => (
            <SnapshotRow
              entry={entry}
              key={entry.id}
              now={now}
              onCompare={() => setPair({ before: { snapshot: entry.id }, after: NOW })}
              onRemove={() => void remove(entry.id)}
              onRename={(name) => void rename(entry.id, name)}
            />
          ))}
        </ul>
      </section>
      {names.length < 2 ? null : (
        <section className="rs-form">
          <h3>Compare two</h3>
          <div className="rs-compare-pair">
            <SelectField choices={names} label="Before" onChange={setBefore} value={from} />
            <SelectField
              choices={[{ value: NOW, label: "Now" }, ...names]}
              label="After"
              onChange={setAfter}
              value={to}
            />
          </div>
          <div className="rs-btn-row">
            <Button
              disabledReason={from === to ? "Choose two different ones" : undefined}
              onClick={() => setPair({ before: sideOf(from), after: sideOf(to) })}
              variant="primary"
            >
              Compare
            </Button>
          </div>
        </section>
      )}
    </Sheet>
  );
}
