import type { FieldDef } from "#telemetry/knowledge/field-defs.ts";
import type { Row } from "./table-order.ts";

/** Below this width a table uses short names and narrow columns. */
export const COMPACT_MAX_PX = 620;

/** Least width of a column in CSS pixels, by what it shows: enough for its usual value in one line. */
const WIDTHS: Partial<Record<FieldDef["unit"], number>> = {
  name: 148,
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
  name: 100,
  state: 112,
  text: 116,
  trend: 72,
  bps: 86,
};

/** Width that a column needs in a table of this width. */
export function columnWidth(def: FieldDef, tableWidth: number): number {
  const compact = tableWidth < COMPACT_MAX_PX ? COMPACT_WIDTHS[def.unit] : undefined;
  return compact ?? WIDTHS[def.unit] ?? OTHER_WIDTH;
}

/**
 * Columns that fit into `width`: keys always, then by priority. A column that no row has a value for is left out, so
 * that a table never shows a stripe of unknowns; `rows` may be a sample.
 */
export function fittingColumns(fields: readonly FieldDef[], rows: readonly Row[], width: number): FieldDef[] {
  const useful = fields.filter(
    (def) => def.key || (def.prio !== 3 && rows.some((row) => row[def.field] !== undefined && row[def.field] !== null)),
  );
  const order = useful.toSorted((a, b) => Number(b.key ?? false) - Number(a.key ?? false) || rank(a) - rank(b));
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

const rank = (def: FieldDef): number => def.prio ?? 2;
