import { compareParts, naturalParts } from "../model/interface-names.ts";

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

type Row = Record<string, unknown>;

/** A window for a view never carries more rows than this. */
const MAX_LIMIT = 1_000;
/** Shorter tables are put in order faster than they are looked up. */
const KEEP_FROM_ROWS = 500;
/** Orders kept per table: what is looked at, and what was looked at before. */
const KEEP_ORDERS = 2;

/**
 * Orders of long tables by sort and filter, so that scrolling does not sort 100,000 rows for each window [T77]. A table
 * that grew, or ends otherwise, is another one; the table itself is the key, so that what is let go takes its orders along.
 */
const kept = new WeakMap<readonly Row[], { length: number; last: Row | undefined; orders: Map<string, Row[]> }>();

/** Filters by words that must all occur in some field, sorts (numbers and counters by value, the rest naturally, absent last) and cuts [T77]. */
export function tableWindow(rows: readonly Row[], query: WindowQuery): TableWindow {
  const found = ordered(rows, query);
  const offset = Math.max(0, query.offset);
  const { limit } = query;
  if (limit === "all") return { total: found.length, rows: found.slice(offset) };
  return { total: found.length, rows: found.slice(offset, offset + Math.min(MAX_LIMIT, Math.max(0, limit))) };
}

function ordered(rows: readonly Row[], { sort, filter }: WindowQuery): readonly Row[] {
  const words = (filter ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && sort === undefined) return rows;
  if (rows.length < KEEP_FROM_ROWS) return inOrder(rows, words, sort);
  const last = rows.at(-1);
  let known = kept.get(rows);
  if (known === undefined || known.length !== rows.length || known.last !== last) {
    known = { length: rows.length, last, orders: new Map() };
    kept.set(rows, known);
  }
  const key = JSON.stringify([sort?.field, sort?.descending === true, words]);
  const before = known.orders.get(key);
  // Put last again: the first of a Map is the one that was not asked for the longest.
  known.orders.delete(key);
  const now = before ?? inOrder(rows, words, sort);
  known.orders.set(key, now);
  if (known.orders.size > KEEP_ORDERS) known.orders.delete(known.orders.keys().next().value ?? "");
  return now;
}

function inOrder(rows: readonly Row[], words: readonly string[], sort: WindowQuery["sort"]): Row[] {
  const has = (row: Row, word: string): boolean => Object.values(row).some((value) => textOf(value).includes(word));
  const found = words.length === 0 ? rows.slice() : rows.filter((row) => words.every((word) => has(row, word)));
  if (sort === undefined) return found;
  const sign = sort.descending ? -1 : 1;
  // Each value is taken apart once, not at every comparison.
  return found
    .map((row) => ({ row, by: sortValue(row[sort.field]) }))
    .sort((a, b) => compareValues(a.by, b.by, sign))
    .map(({ row }) => row);
}

/** Words of a value as a filter finds them; of what is listed in a value, its parts. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value.toLowerCase();
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "object" || value === null) return "";
  return Object.values(value).map(textOf).join(" ");
}

type SortValue = undefined | number | bigint | readonly string[];

function sortValue(value: unknown): SortValue {
  if (value === undefined || typeof value === "number") return value;
  const text = textOf(value);
  return /^\d+$/.test(text) ? BigInt(text) : naturalParts(text);
}

function compareValues(a: SortValue, b: SortValue, sign: number): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  if (isNumber(a) && isNumber(b)) return (a < b ? -1 : a > b ? 1 : 0) * sign;
  return compareParts(partsOf(a), partsOf(b)) * sign;
}

const isNumber = (value: number | bigint | readonly string[]): value is number | bigint => typeof value !== "object";
const partsOf = (value: number | bigint | readonly string[]): readonly string[] =>
  isNumber(value) ? naturalParts(String(value)) : value;
