import type { PanelId } from "../knowledge/panel-data.ts";
import type { PanelReading, Source } from "../knowledge/reading.ts";

/** Version of stored and exported snapshots and comparisons. */
export const SNAPSHOT_SCHEMA = 1;

/** Which box it was, as far as it said so itself. */
export type SnapshotDevice = {
  label: string;
  hostname?: string;
  model?: string;
  serial?: string;
  os?: string;
  os_version?: string;
};

/** One panel in a snapshot: the data as it stood, or why there was none. Times in epoch milliseconds. */
export type SnapshotPanel = {
  schema: number;
  status: PanelReading["status"];
  ts: number;
  sources: Source[];
  data?: Readonly<Record<string, unknown>>;
  /** Tables of which only the count was known. */
  counted?: string[];
  /** Of half a reading, by path of the table: keys of rows that were proven to be gone all the same [T85]. */
  gone?: Readonly<Record<string, readonly string[]>>;
};

/** The state of a device at one moment, under a name [T87]. */
export type Snapshot = {
  schema: typeof SNAPSHOT_SCHEMA;
  id: string;
  name: string;
  at: number;
  device: SnapshotDevice;
  panels: Partial<Record<PanelId, SnapshotPanel>>;
};

/** What a list shows of a snapshot. */
export type SnapshotEntry = Pick<Snapshot, "id" | "name" | "at" | "device"> & { panels: PanelId[] };

/** Rows of a table that go into a snapshot; of a longer one only the count. */
export const SNAPSHOT_ROWS_MAX = 5_000;
/** Panels about this app, and what differs at any time, are no state of the device. */
const LEFT_OUT: ReadonlySet<PanelId> = new Set(["collector", "audit", "raw", "log", "traffic", "users"]);

export type SnapshotInput = {
  id: string;
  name: string;
  at: number;
  label: string;
  readings: Iterable<PanelReading>;
  /** Whole tables where a reading carries their length only. */
  rows?: ((panel: PanelId, path: string) => readonly object[] | undefined) | undefined;
};

/** Freezes readings with their sources [T87]. Same input, same snapshot. */
export function takeSnapshot({ id, name, at, label, readings, rows }: SnapshotInput): Snapshot {
  const snapshot: Snapshot = { schema: SNAPSHOT_SCHEMA, id, name, at, device: { label }, panels: {} };
  for (const reading of readings) {
    if (LEFT_OUT.has(reading.panel)) continue;
    snapshot.panels[reading.panel] = panelOf(reading, rows);
    if (reading.panel !== "device_info" || reading.data === undefined) continue;
    for (const field of ["hostname", "model", "serial", "os", "os_version"] as const) {
      const value = reading.data[field];
      if (value !== undefined) snapshot.device[field] = value;
    }
  }
  return snapshot;
}

function panelOf(reading: PanelReading, rows: SnapshotInput["rows"]): SnapshotPanel {
  const { panel, schema, status, ts, sources } = reading;
  const out: SnapshotPanel = { schema, status, ts, sources };
  if (reading.gone !== undefined) out.gone = reading.gone;
  if (reading.data === undefined) return out;
  const { trend: _, ...data } = reading.data as Record<string, unknown>;
  out.data = data;
  const counted: string[] = [];
  if (typeof data.row_count === "number" && data.rows === undefined) {
    const whole = rows?.(panel, "rows");
    if (whole !== undefined && whole.length <= SNAPSHOT_ROWS_MAX) out.data = { ...data, rows: whole };
    else counted.push("rows");
  }
  if (counted.length > 0) out.counted = counted;
  return out;
}

export function entryOf({ id, name, at, device, panels }: Snapshot): SnapshotEntry {
  return { id, name, at, device, panels: Object.keys(panels) as PanelId[] };
}
