import type { FieldDef } from "#telemetry/knowledge/field-defs.ts";
import { escapeDeviceText } from "../text/escape-device-text.ts";

export type Row = Readonly<Record<string, unknown>>;
export type SortBy = { field: string; descending: boolean };

const natural = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Unsigned decimal text of any length, compared as the integer it is [T13]. */
export function compareCounters(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+(?=\d)/, ""), b.replace(/^0+(?=\d)/, "")];
  if (x.length !== y.length) return x.length - y.length;
  return x < y ? -1 : x > y ? 1 : 0;
}

function compareValues(a: unknown, b: unknown, def: FieldDef): number {
  if (def.counter && typeof a === "string" && typeof b === "string") return compareCounters(a, b);
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  return natural.compare(plainText(a), plainText(b));
}

/** Sorted copy; rows without the value come last in both directions, equal rows keep their order. */
export function sortRows(rows: readonly Row[], fields: readonly FieldDef[], by: SortBy | undefined): readonly Row[] {
  const def = by === undefined ? undefined : fields.find((one) => one.field === by.field);
  if (by === undefined || def === undefined || def.sort === "none") return rows;
  const sign = by.descending ? -1 : 1;
  const missing = (row: Row): boolean => row[by.field] === undefined || row[by.field] === null;
  return rows.toSorted((a, b) => {
    if (missing(a) || missing(b)) return Number(missing(a)) - Number(missing(b));
    return sign * compareValues(a[by.field], b[by.field], def);
  });
}

/** Rows in which every word of the filter occurs somewhere, whatever the case. */
export function filterRows(rows: readonly Row[], fields: readonly FieldDef[], filter: string): readonly Row[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = fields
      .map((def) => plainText(row[def.field]))
      .join(" ")
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** A value as plain text: to be searched, compared and put into keys, never to be shown. */
export function plainText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

/** Stable key of a row from its key fields [T23]; the position stands in where a panel has none. */
export function rowKey(row: Row, fields: readonly FieldDef[], index: number): string {
  const parts = fields.filter((def) => def.key).map((def) => plainText(row[def.field]));
  return parts.length === 0 ? `#${index}` : parts.join("\u0000");
}

/** What a row is called in a title: its first key, as text. */
export function rowTitle(fields: readonly FieldDef[], row: Row): string {
  const key = fields.find((def) => def.key);
  return key === undefined ? "Row" : escapeDeviceText(plainText(row[key.field]));
}

/** Next state of a column head: ascending, descending, as it came. */
export function nextSort(by: SortBy | undefined, field: string): SortBy | undefined {
  if (by?.field !== field) return { field, descending: false };
  return by.descending ? undefined : { field, descending: true };
}
