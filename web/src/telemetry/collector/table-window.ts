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
/** Rows looked at between two pauses: some milliseconds on a tablet. */
const STEP_ROWS = 2_000;
/** Orders kept per table: what is looked at, and what was looked at before. */
const KEEP_ORDERS = 2;

/**
 * Orders of long tables by sort and filter, so that scrolling does not sort 100,000 rows for each window [T77]. A table
 * that grew, or ends otherwise, is another one; the table itself is the key, so that what is let go takes its orders along.
 */
const kept = new WeakMap<
  readonly Row[],
  { length: number; last: Row | undefined; orders: Map<string, readonly Row[]> }
>();

/** Filters by words that must all occur in some field, sorts (numbers and counters by value, the rest naturally, absent last) and cuts [T77]. */
export function tableWindow(rows: readonly Row[], query: WindowQuery): TableWindow {
  const steps = ordered(rows, query);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return cut(step.value, query);
  }
}

/**
 * The same, with `pause` between its steps of some milliseconds each: whoever shares the thread goes on while a table of
 * 100,000 rows is put in order [T9].
 */
export async function tableWindowInSteps(
  rows: readonly Row[],
  query: WindowQuery,
  pause: () => Promise<void>,
): Promise<TableWindow> {
  const steps = ordered(rows, query);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return cut(step.value, query);
    await pause();
  }
}

function cut(found: readonly Row[], query: WindowQuery): TableWindow {
  const offset = Math.max(0, query.offset);
  const { limit } = query;
  if (limit === "all") return { total: found.length, rows: found.slice(offset) };
  return { total: found.length, rows: found.slice(offset, offset + Math.min(MAX_LIMIT, Math.max(0, limit))) };
}

function* ordered(rows: readonly Row[], { sort, filter }: WindowQuery): Generator<void, readonly Row[]> {
  const words = (filter ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && sort === undefined) return rows;
  if (rows.length < KEEP_FROM_ROWS) return yield* inOrder(rows, words, sort);
  const key = JSON.stringify([sort?.field, sort?.descending === true, words]);
  const known = ordersOf(rows);
  const before = known.get(key);
  const now = before ?? (yield* inOrder(rows, words, sort));
  // The table may have grown between two steps: its orders are others then, and this one is kept by nobody.
  const orders = ordersOf(rows);
  if (orders !== known) return now;
  // Put last again: the first of a Map is the one that was not asked for the longest.
  orders.delete(key);
  orders.set(key, now);
  if (orders.size > KEEP_ORDERS) orders.delete(orders.keys().next().value ?? "");
  return now;
}

/** What is kept of this very table; another length or another end is another table. */
function ordersOf(rows: readonly Row[]): Map<string, readonly Row[]> {
  const last = rows.at(-1);
  let known = kept.get(rows);
  if (known === undefined || known.length !== rows.length || known.last !== last) {
    known = { length: rows.length, last, orders: new Map() };
    kept.set(rows, known);
  }
  return known.orders;
}

/** A row with the value that it is sorted by: each is taken apart once, not at every comparison. */
type Sorted = { row: Row; by: SortValue };

function* inOrder(
  rows: readonly Row[],
  words: readonly string[],
  sort: WindowQuery["sort"],
): Generator<void, readonly Row[]> {
  const has = (row: Row, word: string): boolean => Object.values(row).some((value) => textOf(value).includes(word));
  const found: Row[] = [];
  for (let at = 0; at < rows.length; at += STEP_ROWS) {
    const part = rows.slice(at, at + STEP_ROWS);
    found.push(...(words.length === 0 ? part : part.filter((row) => words.every((word) => has(row, word)))));
    if (at + STEP_ROWS < rows.length) yield;
  }
  if (sort === undefined) return found;
  const sign = sort.descending ? -1 : 1;
  const order = (a: Sorted, b: Sorted): number => compareValues(a.by, b.by, sign);
  let runs: Sorted[][] = [];
  for (let at = 0; at < found.length; at += STEP_ROWS) {
    const part = found.slice(at, at + STEP_ROWS).map((row) => ({ row, by: sortValue(row[sort.field]) }));
    runs.push(part.sort(order));
    if (at + STEP_ROWS < found.length) yield;
  }
  while (runs.length > 1) {
    const joined: Sorted[][] = [];
    for (let at = 0; at < runs.length; at += 2) joined.push(yield* merge(runs[at] ?? [], runs[at + 1] ?? [], order));
    runs = joined;
  }
  return (runs[0] ?? []).map(({ row }) => row);
}

/** Two runs in order as one; of equal ones those of the first come first. */
function* merge(a: Sorted[], b: Sorted[], order: (a: Sorted, b: Sorted) => number): Generator<void, Sorted[]> {
  if (b.length === 0) return a;
  const both: Sorted[] = [];
  let [left, right] = [0, 0];
  for (;;) {
    const [one, other] = [a[left], b[right]];
    if (one === undefined && other === undefined) return both;
    if (other === undefined || (one !== undefined && order(one, other) <= 0)) {
      if (one !== undefined) both.push(one);
      left++;
    } else {
      both.push(other);
      right++;
    }
    if (both.length % (STEP_ROWS * 2) === 0) yield;
  }
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
