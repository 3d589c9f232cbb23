import { rowLabel } from "../changes/watched.ts";
import { rowKey } from "../history/series-values.ts";
import type { FieldDef, Unit } from "../knowledge/field-defs.ts";
import type { PanelId } from "../knowledge/panel-data.ts";
import type { PanelSection } from "../knowledge/panel-sections.ts";
import { panelCatalog } from "../knowledge/panels.ts";
import { provesGone } from "../knowledge/reading.ts";
import type { Snapshot, SnapshotPanel } from "./snapshot.ts";

/** One difference between two snapshots; values as text in the field's unit. */
export type Difference = {
  panel: PanelId;
  /** Path of the table; absent for a record. */
  section?: string;
  key: string;
  label: string;
  kind: "appeared" | "gone" | "changed" | "grew";
  field?: string;
  unit?: Unit;
  from?: string;
  to?: string;
};

/** A panel, or a table of one, that could not be compared, and why. */
export type NotCompared = {
  panel: PanelId;
  section?: string;
  why:
    | "missing_before"
    | "missing_after"
    | "no_data_before"
    | "no_data_after"
    /** Only data of an earlier time was known then. */
    | "stale_before"
    | "stale_after"
    /** A part of the answers was missing: nothing is called new, gone or equal for it. */
    | "partial_before"
    | "partial_after"
    | "too_long"
    | "schema";
};

/** When a panel was read for each side, epoch milliseconds: by far not always when the snapshot was taken. */
export type ReadTimes = { panel: PanelId; before?: number; after?: number };

/** What differs between two states of a device [T87]. */
export type Comparison = {
  before: Pick<Snapshot, "name" | "at" | "device">;
  after: Pick<Snapshot, "name" | "at" | "device">;
  /** The two are not the same box, or it was replaced. */
  other_device?: true;
  differences: Difference[];
  not_compared: NotCompared[];
  /** Panels that were compared whole and are equal. */
  equal: PanelId[];
  read: ReadTimes[];
};

/** What moves all the time says nothing about a change. */
const VOLATILE: ReadonlySet<Unit> = new Set([
  "counter",
  "seconds",
  "ms",
  "at",
  "pps",
  "per_s",
  "pct",
  "trend",
  "celsius",
  "watt",
  "rpm",
  "volt",
  "milliampere",
]);
const VOLATILE_FIELDS: ReadonlySet<string> = new Set([
  "in_bps",
  "out_bps",
  "dev_in_bps",
  "dev_out_bps",
  "used_b",
  "free_b",
  "available_b",
  "cached_b",
  "swap_used_b",
  "load1",
  "load5",
  "load15",
]);
/** Counters whose growth is a finding by itself. */
const TELLING: ReadonlySet<string> = new Set(["in_err", "out_err", "crc", "in_drop", "out_drop", "flaps", "carrier"]);
/** Light is never twice the same; a change of so many dB is one. */
const DBM_STEP = 1;

type Row = Readonly<Record<string, unknown>>;

/** Compares two snapshots panel by panel, in the panels' usual order. Pure: same input, same result. */
export function compareSnapshots(before: Snapshot, after: Snapshot): Comparison {
  const out: Comparison = {
    before: { name: before.name, at: before.at, device: before.device },
    after: { name: after.name, at: after.at, device: after.device },
    differences: [],
    not_compared: [],
    equal: [],
    read: [],
  };
  const [was, is] = [before.device.serial, after.device.serial];
  if (was !== undefined && is !== undefined && was !== is) out.other_device = true;
  for (const { id, sections } of panelCatalog) {
    const [old, now] = [before.panels[id], after.panels[id]];
    if (old === undefined && now === undefined) continue;
    out.read.push({ panel: id, ...(old && { before: old.ts }), ...(now && { after: now.ts }) });
    const why = obstacle(old, now);
    if (why !== undefined) {
      // A panel that neither side could read is no news.
      if (old?.data !== undefined || now?.data !== undefined) out.not_compared.push({ panel: id, why });
      continue;
    }
    const found = { differences: 0, missing: false };
    for (const [side, part] of [
      [old, "partial_before"],
      [now, "partial_after"],
    ] as const) {
      if (side?.status !== "partial") continue;
      found.missing = true;
      out.not_compared.push({ panel: id, why: part });
    }
    for (const section of sections) comparePart(id, section, old as WithData, now as WithData, out, found);
    if (found.differences === 0 && !found.missing) out.equal.push(id);
  }
  return out;
}

type WithData = SnapshotPanel & { data: Row };

function obstacle(old: SnapshotPanel | undefined, now: SnapshotPanel | undefined): NotCompared["why"] | undefined {
  if (old === undefined) return "missing_before";
  if (now === undefined) return "missing_after";
  if (old.data === undefined) return "no_data_before";
  if (now.data === undefined) return "no_data_after";
  if (!isRead(old)) return "stale_before";
  if (!isRead(now)) return "stale_after";
  return old.schema === now.schema ? undefined : "schema";
}

/** With any other status the data, if there is some, is what an earlier answer said. */
function isRead({ status }: SnapshotPanel): boolean {
  return status === "ok" || status === "partial";
}

function comparePart(
  panel: PanelId,
  section: PanelSection,
  old: WithData,
  now: WithData,
  out: Comparison,
  found: { differences: number; missing: boolean },
): void {
  const push = (difference: Difference): void => {
    // What a partial side does not say is unknown there, neither new nor gone, but for rows that are proven gone [T7] [T85].
    if (isUnknown(difference, old, "from") || isUnknown(difference, now, "to")) return;
    out.differences.push(difference);
    found.differences++;
  };
  if (section.kind === "record") {
    const part = ({ data }: WithData): Row =>
      (section.path === undefined ? data : (data[section.path] as Row | undefined)) ?? {};
    const of = { panel, key: "", label: rowLabel(panel, undefined, now.data) };
    for (const def of section.fields) compareField(def, part(old), part(now), of, push);
    return;
  }
  const { path } = section;
  if (old.counted?.includes(path) === true || now.counted?.includes(path) === true) {
    found.missing = true;
    out.not_compared.push({ panel, section: path, why: "too_long" });
    return;
  }
  const [first, second] = [old.data[path], now.data[path]];
  if (!Array.isArray(first) || !Array.isArray(second)) return;
  const byKey = (rows: Row[]): Map<string, Row> => new Map(rows.map((row) => [rowKey(section, row), row]));
  const [was, is] = [byKey(first as Row[]), byKey(second as Row[])];
  for (const [key, row] of is) {
    const of = { panel, section: path, key, label: rowLabel(panel, path, row) };
    const before = was.get(key);
    if (before === undefined) push({ ...of, kind: "appeared" });
    else for (const def of section.fields) if (!def.key) compareField(def, before, row, of, push);
  }
  for (const [key, row] of was) {
    if (is.has(key)) continue;
    push({ panel, section: path, key, label: rowLabel(panel, path, row), kind: "gone" });
  }
}

/** Whether the difference is merely that half a reading does not say what is there. */
function isUnknown({ kind, section, key, from, to }: Difference, panel: SnapshotPanel, side: "from" | "to"): boolean {
  if (panel.status !== "partial") return false;
  if (kind === "changed") return (side === "from" ? from : to) === undefined;
  return kind === (side === "from" ? "appeared" : "gone") && !provesGone(panel, section ?? "", key);
}

function compareField(
  def: FieldDef,
  old: Row,
  now: Row,
  of: Pick<Difference, "panel" | "section" | "key" | "label">,
  push: (difference: Difference) => void,
): void {
  const { field, unit } = def;
  const [from, to] = [shown(old[field]), shown(now[field])];
  if (from === to) return;
  if (unit === "counter" && TELLING.has(field)) {
    if (isCounter(from) && isCounter(to) && BigInt(to) > BigInt(from))
      push({ ...of, kind: "grew", field, unit, from, to });
    return;
  }
  if (VOLATILE.has(unit) || VOLATILE_FIELDS.has(field)) return;
  if (unit === "dbm" && from !== "" && to !== "" && Math.abs(Number(from) - Number(to)) < DBM_STEP) return;
  push({
    ...of,
    kind: "changed",
    field,
    unit,
    ...(from === "" ? {} : { from }),
    ...(to === "" ? {} : { to }),
  });
}

function isCounter(text: string): boolean {
  return /^\d+$/.test(text);
}

/** A value as text; parts of a nested one that age are left out. */
function shown(value: unknown): string {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.map(shown).toSorted().join(", ");
  if (typeof value !== "object" || value === null) return "";
  return Object.entries(value)
    .filter(([name]) => !name.endsWith("_s") && !name.endsWith("_at"))
    .map(([, part]) => shown(part))
    .filter((part) => part !== "")
    .join(" ");
}
