import type { FieldDef } from "#telemetry/knowledge/field-defs.ts";
import type { Row } from "./table-order.ts";

/** Below this width a table has narrow columns with less room between them. */
export const COMPACT_MAX_PX = 620;
/** Below this width interfaces are called by their short names. */
export const SHORT_NAMES_MAX_PX = 900;

/** Least width of a column in CSS pixels, by what it shows: enough for its usual value in one line. */
const WIDTHS: Partial<Record<FieldDef["unit"], number>> = {
  name: 172,
  state: 140,
  text: 132,
  trend: 132,
  bps: 108,
  pps: 104,
  seconds: 100,
  at: 108,
  count: 88,
  counter: 108,
  bytes: 108,
  pct: 84,
  list: 168,
  rows: 168,
};
const OTHER_WIDTH = 96;
const COMPACT_WIDTHS: Partial<Record<FieldDef["unit"], number>> = {
  name: 128,
  state: 114,
  text: 112,
  trend: 68,
  bps: 82,
};
/** Room for a short interface name such as Te1/0/24. */
const SHORT_NAME_WIDTH = 84;

/** Width that a column needs in a table of this width. */
export function columnWidth(def: FieldDef, tableWidth: number): number {
  const compact = tableWidth < COMPACT_MAX_PX ? COMPACT_WIDTHS[def.unit] : undefined;
  if (compact !== undefined && def.field === "name") return SHORT_NAME_WIDTH;
  return compact ?? WIDTHS[def.unit] ?? OTHER_WIDTH;
}

/**
 * Columns that fit into `width`: the first key always, the rest by priority. Left out are columns that no row has a value
 * for, and further keys that are the same in every row: they would say nothing. `rows` may be a sample.
 */
export function fittingColumns(fields: readonly FieldDef[], rows: readonly Row[], width: number): FieldDef[] {
  const lead = fields.find((def) => def.key);
  const useful = fields.filter((def) => def === lead || (def.prio !== 3 && tellsSomething(def, rows)));
  const order = useful.toSorted((a, b) => rank(a, lead) - rank(b, lead));
  const chosen = new Set<FieldDef>();
  let left = width;
  for (const def of order) {
    const need = columnWidth(def, width);
    if (need > left && chosen.size >= 2) continue;
    chosen.add(def);
    left -= need;
  }
  return useful.filter((def) => chosen.has(def));
}

function tellsSomething(def: FieldDef, rows: readonly Row[]): boolean {
  const values = rows.map((row) => row[def.field]).filter((value) => value !== undefined && value !== null);
  return def.key ? new Set(values).size > 1 : values.length > 0;
}

/** Further keys come after what matters most in a row and before the rest. */
const rank = (def: FieldDef, lead: FieldDef | undefined): number =>
  def === lead ? 0 : def.key ? 1.5 : (def.prio ?? 2);
