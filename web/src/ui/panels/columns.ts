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
  state: 122,
  text: 112,
  trend: 68,
  bps: 82,
};
/** Room for a short interface name such as Te1/0/24. */
const SHORT_NAME_WIDTH = 84;
const ROOMY_SHORT_NAME_WIDTH = 120;

/** Width that a column needs in a table of this width. */
export function columnWidth(def: FieldDef, tableWidth: number): number {
  const compact = tableWidth < COMPACT_MAX_PX ? COMPACT_WIDTHS[def.unit] : undefined;
  if (compact !== undefined && def.field === "name") return SHORT_NAME_WIDTH;
  if (def.field === "name" && tableWidth < SHORT_NAMES_MAX_PX) return ROOMY_SHORT_NAME_WIDTH;
  return compact ?? WIDTHS[def.unit] ?? OTHER_WIDTH;
}

/**
 * Columns that fit into `width`: the first key always, the rest by priority. Left out are columns that no row has a value
 * for, and further keys that are the same in every row: they would say nothing. Keys without which two rows could not be
 * told apart stand right after the first key. `rows` may be a sample.
 */
export function fittingColumns(fields: readonly FieldDef[], rows: readonly Row[], width: number): FieldDef[] {
  const lead = fields.find((def) => def.key);
  const useful = fields.filter((def) => def === lead || (def.prio !== 3 && tellsSomething(def, rows)));
  const told = lead === undefined ? [] : tellingApart(lead, useful, rows);
  const rank = (def: FieldDef): number =>
    def === lead ? 0 : told.includes(def) ? 0.5 : def.key ? FURTHER_KEY_RANK : (def.prio ?? 2);
  const chosen = new Set<FieldDef>();
  let left = width;
  for (const def of useful.toSorted((a, b) => rank(a) - rank(b))) {
    const need = columnWidth(def, width);
    if (need > left && chosen.size >= 2) continue;
    chosen.add(def);
    left -= need;
  }
  const first = lead === undefined ? [] : [lead, ...told];
  return [...first, ...useful.filter((def) => !first.includes(def))].filter((def) => chosen.has(def));
}

/** Columns that somebody chose: all of them, the first key always and first; in the order of the definitions. */
export function chosenColumns(fields: readonly FieldDef[], chosen: readonly string[]): FieldDef[] {
  const lead = fields.find((def) => def.key);
  const rest = fields.filter((def) => def !== lead && chosen.includes(def.field));
  return lead === undefined ? rest : [lead, ...rest];
}

/** Width that these columns need together in a table of this width. */
export function columnsWidth(columns: readonly FieldDef[], tableWidth: number): number {
  return columns.reduce((sum, def) => sum + columnWidth(def, tableWidth), 0);
}

/** Further keys come after what matters most in a row and before the rest. */
const FURTHER_KEY_RANK = 1.5;

/** The fewest further keys that, with the first one, tell the rows apart: one peer in two families is two rows. */
function tellingApart(lead: FieldDef, useful: readonly FieldDef[], rows: readonly Row[]): FieldDef[] {
  const told: FieldDef[] = [];
  const groups = (defs: readonly FieldDef[]): number =>
    new Set(rows.map((row) => JSON.stringify(defs.map((def) => row[def.field] ?? null)))).size;
  let reached = groups([lead]);
  while (reached < rows.length) {
    const best = useful
      .filter((def) => def.key && def !== lead && !told.includes(def))
      .map((def) => ({ def, count: groups([lead, ...told, def]) }))
      .reduce((a, b) => (b.count > a.count ? b : a), { def: lead, count: reached });
    if (best.def === lead) break;
    told.push(best.def);
    reached = best.count;
  }
  return told;
}

function tellsSomething(def: FieldDef, rows: readonly Row[]): boolean {
  const values = rows.map((row) => row[def.field]).filter((value) => value !== undefined && value !== null);
  return def.key ? new Set(values).size > 1 : values.length > 0;
}
