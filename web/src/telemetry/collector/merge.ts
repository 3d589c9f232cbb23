import type { PanelData, PanelId } from "../knowledge/panel-data.ts";
import { panelDef } from "../knowledge/panels.ts";
import { naturalCompare } from "../model/interface-names.ts";
import type { Fragment } from "../parsers/result.ts";
import { type AnswerTime, RowTimes } from "./row-times.ts";

/** Rows of a table as maps of unknown values, for the generic merge. */
type Row = Record<string, unknown>;

/** Data of a panel from several answers, with the answer that each top-level or row field came from. */
export type Merged = { data: Record<string, unknown>; fieldSource: Map<string, number>; notes: string[] };

function isRows(value: unknown): value is Row[] {
  return (
    Array.isArray(value) && value.every((entry) => typeof entry === "object" && entry !== null && !Array.isArray(entry))
  );
}

/** Key fields of the table under `path` of a panel, as its catalogue entry names them. */
function keysOf(panel: PanelId, path: string): string[] {
  const section = panelDef(panel).sections.find((each) => each.kind === "table" && each.path === path);
  return section?.fields.flatMap((field) => (field.key ? [field.field] : [])) ?? [];
}

/** Keys are texts or numbers; an absent part counts as empty. */
function keyText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function keyOf(row: Row, keys: string[]): string {
  return keys.map((key) => keyText(row[key])).join("\u0000");
}

/**
 * Merges the answers that feed one panel: of two that say the same, the earlier in the pack's list wins, field by field
 * and row by row; between a pinned port's own answer and the others the fresher one. Two rows with one key inside one
 * answer are both dropped and noted [T23].
 * @param times of the answers, in their order
 */
export function mergeFragments<P extends PanelId>(
  panel: P,
  fragments: readonly Fragment[],
  times: readonly AnswerTime[] = [],
): { data: PanelData[P]; merged: Merged } | undefined {
  const merged: Merged = { data: {}, fieldSource: new Map(), notes: [] };
  const rowTimes = times.some(({ pinned }) => pinned) ? new RowTimes(times) : undefined;
  let any = false;
  for (const [index, fragment] of fragments.entries()) {
    const part = fragment[panel];
    if (part === undefined) continue;
    any = true;
    for (const [field, value] of Object.entries(part)) {
      const keys = isRows(value) ? keysOf(panel, field) : [];
      if (isRows(value) && keys.length > 0) mergeRows(panel, field, value, keys, index, merged, rowTimes);
      else if (!Object.hasOwn(merged.data, field)) {
        merged.data[field] = value;
        merged.fieldSource.set(field, index);
      }
    }
  }
  if (!any) return undefined;
  finishRows(merged);
  // The fragments hold this panel's own data type; the generic merge only recombines its fields.
  return { data: merged.data as PanelData[P], merged };
}

function mergeRows(
  panel: PanelId,
  field: string,
  rows: Row[],
  keys: string[],
  index: number,
  merged: Merged,
  times: RowTimes | undefined,
): void {
  const into = merged.data[field] ?? [];
  merged.data[field] = into;
  if (!isRows(into)) return;
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(keyOf(row, keys), (counts.get(keyOf(row, keys)) ?? 0) + 1);
  const known = new Map(into.map((row) => [keyOf(row, keys), row]));
  for (const row of rows) {
    const key = keyOf(row, keys);
    if ((counts.get(key) ?? 0) > 1) {
      if (!merged.notes.includes("duplicate_key")) merged.notes.push("duplicate_key");
      continue;
    }
    const had = known.get(key);
    if (!had) {
      const fresh = { ...row };
      into.push(fresh);
      times?.began(fresh, index);
    } else if (times) times.merge(had, row, index);
    else for (const [name, value] of Object.entries(row)) if (!Object.hasOwn(had, name)) had[name] = value;
    for (const name of Object.keys(row))
      if (!merged.fieldSource.has(`${field}.${name}`)) merged.fieldSource.set(`${field}.${name}`, index);
  }
  if (panel !== "log") into.sort((a, b) => compareRows(a, b, keys));
}

function compareRows(a: Row, b: Row, keys: string[]): number {
  for (const key of keys) {
    const order = naturalCompare(keyText(a[key]), keyText(b[key]));
    if (order !== 0) return order;
  }
  return 0;
}

/** The printed row count is that of the merged rows. */
function finishRows({ data }: Merged): void {
  const { rows } = data;
  if (isRows(rows) && Object.hasOwn(data, "row_count")) data.row_count = rows.length;
}
