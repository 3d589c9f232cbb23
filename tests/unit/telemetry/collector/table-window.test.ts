import { describe, expect, it, vi } from "vitest";
import { tableWindow, tableWindowInSteps } from "#telemetry/collector/table-window.ts";

type Row = Record<string, unknown>;
const route = (n: number): Row => ({
  prefix: `10.${n >> 8}.${n & 255}.0/24`,
  metric: (n * 7919) % 1_000,
  nexthops: [{ ip: `192.0.2.${n % 3}`, if: "eth0" }],
});
const routes = (count: number): Row[] => Array.from({ length: count }, (_, n) => route(n));
const names = (rows: readonly Row[]): unknown[] => rows.map(({ prefix }) => prefix);

/** Rows that tell how often a field of theirs was read. */
function watched(count: number): { rows: Row[]; reads: () => number } {
  let reads = 0;
  const rows = routes(count).map(
    (row) =>
      new Proxy(row, {
        get: (of, field) => {
          reads++;
          return Reflect.get(of, field) as unknown;
        },
      }),
  );
  return { rows, reads: () => reads };
}

describe("[T77] windows of long tables", () => {
  it("are cut from one order: scrolling sorts and filters nothing again", () => {
    const { rows, reads } = watched(2_000);
    const query = { sort: { field: "metric" }, filter: "192.0.2.1", limit: 10 };
    const first = tableWindow(rows, { ...query, offset: 0 });
    const once = reads();
    const next = tableWindow(rows, { ...query, offset: 10 });
    expect(reads()).toBe(once);
    expect([first.total, next.total]).toEqual([667, 667]);
    const metrics = [...first.rows, ...next.rows].map(({ metric }) => Number(metric));
    expect(metrics).toEqual(metrics.toSorted((a, b) => a - b));
    tableWindow(rows, { ...query, filter: "192.0.2.2", offset: 0 });
    expect(reads()).toBeGreaterThan(once);
  });

  it("of a table that grew, or was begun anew in place, show what is there now", () => {
    const rows = routes(1_000);
    const newest = { sort: { field: "prefix", descending: true }, offset: 0, limit: 1 };
    expect(names(tableWindow(rows, newest).rows)).toEqual(["10.3.231.0/24"]);
    rows.push(route(1_000));
    expect(tableWindow(rows, newest)).toMatchObject({ total: 1_001, rows: [{ prefix: "10.3.232.0/24" }] });
    rows.length = 1_000;
    rows.push({ prefix: "203.0.113.0/24" });
    expect(tableWindow(rows, newest)).toMatchObject({ total: 1_001, rows: [{ prefix: "203.0.113.0/24" }] });
  });

  it("leave the table as it is, whatever is asked", () => {
    const rows = routes(1_000);
    const before = [...rows];
    const all = tableWindow(rows, { offset: 0, limit: "all", sort: { field: "metric", descending: true } }).rows;
    all.length = 0;
    expect(rows).toEqual(before);
    expect(tableWindow(rows, { offset: 998, limit: 500 })).toEqual({ total: 1_000, rows: rows.slice(998) });
  });
});

describe("[T9] [T77] windows that others of the same thread need not wait for", () => {
  it("are the same as at once, with pauses while a long table is put in order, and none the next time", async () => {
    const rows = routes(20_000);
    const sort = { field: "metric", descending: true };
    const query = { sort, filter: "192.0.2", offset: 9_990, limit: 50 };
    const pause = vi.fn(() => Promise.resolve());
    const inSteps = await tableWindowInSteps(rows, query, pause);
    expect(pause.mock.calls.length).toBeGreaterThan(20);
    const before = pause.mock.calls.length;
    expect(await tableWindowInSteps(rows, { ...query, offset: 0 }, pause)).toMatchObject({ total: 20_000 });
    expect(pause.mock.calls.length).toBe(before);
    expect(inSteps).toEqual(tableWindow([...rows], query));
    const stable = rows.toSorted((a, b) => Number(b.metric) - Number(a.metric)).slice(9_990, 10_040);
    expect(inSteps.rows).toEqual(stable);
  });

  it("of a table that grows between two steps are of the table as it began, and are not kept for the longer one", async () => {
    const rows = routes(6_000);
    const query = { sort: { field: "prefix" }, offset: 0, limit: 1 };
    let grown = false;
    const first = await tableWindowInSteps(rows, query, () => {
      if (!grown) rows.push({ prefix: "1.0.0.0/24" });
      grown = true;
      return Promise.resolve();
    });
    expect(first.rows).toHaveLength(1);
    expect(tableWindow(rows, query)).toMatchObject({ total: 6_001, rows: [{ prefix: "1.0.0.0/24" }] });
  });
});

describe("order and filter", () => {
  it("numbers and counters by value, names naturally, absent last in both directions", () => {
    const rows = [{ v: "Gi10" }, { v: "18446744073709551616" }, {}, { v: 9 }, { v: "Gi2" }];
    const by = (descending: boolean) =>
      tableWindow(rows, { offset: 0, limit: 9, sort: { field: "v", descending } }).rows.map(({ v }: Row) => v);
    expect(by(false)).toEqual([9, "18446744073709551616", "Gi2", "Gi10", undefined]);
    expect(by(true)).toEqual(["Gi10", "Gi2", "18446744073709551616", 9, undefined]);
  });

  it("finds words in what a value lists, such as a next hop", () => {
    expect(tableWindow(routes(9), { offset: 0, limit: 9, filter: "ETH0 192.0.2.2" }).total).toBe(3);
  });
});
