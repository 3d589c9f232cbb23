import type { FieldDef, Unit } from "./field-defs.ts";
import type { PanelId } from "./panel-data.ts";

/** Measured quantities; counters are shown as their rates, states have no line. */
const MEASURED: ReadonlySet<Unit> = new Set(["bps", "pps", "per_s", "pct", "celsius", "watt", "dbm", "rpm"]);
/** Panels whose counts of things (routes, prefixes, neighbours) move and are worth a line. */
const COUNTED: ReadonlySet<PanelId> = new Set(["cpu", "routing_table", "bgp", "arp", "mac"]);
/** Configured once, or read from a label: figures that stand still. */
const STILL: ReadonlySet<string> = new Set(["speed_bps", "warn_c", "crit_c"]);

/** Whether a field of a panel has a line over time [T82]. */
export function isSeries(panel: PanelId, { field, unit, prio }: FieldDef): boolean {
  if (STILL.has(field)) return false;
  return MEASURED.has(unit) || (unit === "count" && prio !== 3 && COUNTED.has(panel));
}

/** How a row of a table is named in series, changes and snapshots: its key fields, joined. */
export function seriesRowKey(fields: readonly FieldDef[], row: Readonly<Record<string, unknown>>): string {
  return fields
    .filter((def) => def.key)
    .map((def) => textOf(row[def.field]))
    .join("|");
}

function textOf(found: unknown): string {
  return typeof found === "string" || typeof found === "number" ? String(found) : "";
}
