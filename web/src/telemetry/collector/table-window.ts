import { naturalCompare } from "../model/interface-names.ts";

/** What part of a table a view wants. */
export type WindowQuery = {
  sort?: { field: string; descending?: boolean };
  filter?: string;
  offset: number;
  /** `all`: not for a view but for a file or a snapshot. */
  limit: number | "all";
};

/** Rows of the window, and how many there are in all after filtering. */
export type TableWindow = { total: number; rows: Record<string, unknown>[] };

/** A window for a view never carries more rows than this. */
const MAX_LIMIT = 1_000;

/** Filters by words that must all occur in some field, sorts (numbers and counters by value, the rest naturally, absent last) and cuts [T77]. */
export function tableWindow(rows: readonly Record<string, unknown>[], query: WindowQuery): TableWindow {
  const words = (query.filter ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const has = (row: Record<string, unknown>, word: string): boolean =>
    Object.values(row).some((value) => textOf(value).includes(word));
  const found = words.length === 0 ? rows.slice() : rows.filter((row) => words.every((word) => has(row, word)));
  const { sort, limit } = query;
  if (sort) {
    const sign = sort.descending ? -1 : 1;
    found.sort((a, b) => compareValues(a[sort.field], b[sort.field], sign));
  }
  const offset = Math.max(0, query.offset);
  if (limit === "all") return { total: found.length, rows: found.slice(offset) };
  return { total: found.length, rows: found.slice(offset, offset + Math.min(MAX_LIMIT, Math.max(0, limit))) };
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(" ");
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value).toLowerCase()
    : "";
}

function compareValues(a: unknown, b: unknown, sign: number): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  if (typeof a === "number" && typeof b === "number") return (a - b) * sign;
  const [left, right] = [textOf(a), textOf(b)];
  if (/^\d+$/.test(left) && /^\d+$/.test(right)) {
    const [x, y] = [BigInt(left), BigInt(right)];
    return (x < y ? -1 : x > y ? 1 : 0) * sign;
  }
  return naturalCompare(left, right) * sign;
}
