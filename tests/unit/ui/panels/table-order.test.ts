import { describe, expect, test } from "vitest";
import { field, keyField } from "#telemetry/knowledge/field-defs.ts";
import { steadyOrder } from "#ui/panels/steady-order.ts";
import { compareCounters, filterRows, nextSort, rowKey, sortRows } from "#ui/panels/table-order.ts";
import { drawnTop, visibleRange } from "#ui/panels/visible-range.ts";

const fields = [keyField("name", "Interface"), field("in_octets", "In", "counter"), field("in_bps", "Rate", "bps")];
const rows = [
  { name: "Ethernet10", in_octets: "99999999999999999999", in_bps: 5 },
  { name: "Ethernet2", in_octets: "100000000000000000000" },
  { name: "Ethernet1", in_octets: "0", in_bps: 70 },
];
const names = (sorted: readonly { name?: unknown }[]) => sorted.map((row) => row.name);

describe("order of rows", () => {
  test("[T24] names are compared naturally", () => {
    const sorted = sortRows(rows, fields, { field: "name", descending: false });
    expect(names(sorted)).toEqual(["Ethernet1", "Ethernet2", "Ethernet10"]);
  });

  test("[T13] counters are compared as the integers they are", () => {
    expect(compareCounters("0099", "100")).toBeLessThan(0);
    const sorted = sortRows(rows, fields, { field: "in_octets", descending: true });
    expect(names(sorted)).toEqual(["Ethernet2", "Ethernet10", "Ethernet1"]);
  });

  test("rows without the value come last in both directions", () => {
    for (const descending of [true, false]) {
      expect(names(sortRows(rows, fields, { field: "in_bps", descending })).at(-1)).toBe("Ethernet2");
    }
  });

  test("an unknown column leaves the order alone, and the input is never changed", () => {
    const copy = [...rows];
    expect(sortRows(rows, fields, { field: "none", descending: true })).toEqual(copy);
    expect(rows).toEqual(copy);
  });

  test("every word of the filter has to occur somewhere", () => {
    expect(names(filterRows(rows, fields, "ethernet 70"))).toEqual(["Ethernet1"]);
    expect(filterRows(rows, fields, "  ")).toHaveLength(3);
    expect(filterRows(rows, fields, "nothing")).toEqual([]);
  });

  test("a column head goes up, down, and back to how it came", () => {
    const up = nextSort(undefined, "name");
    const down = nextSort(up, "name");
    expect([up?.descending, down?.descending, nextSort(down, "name")]).toEqual([false, true, undefined]);
    expect(nextSort(down, "in_bps")).toEqual({ field: "in_bps", descending: false });
  });

  test("[T23] keys are stable, positions stand in where there are none", () => {
    expect(rowKey({ name: "a", in_bps: 1 }, fields, 7)).toBe(rowKey({ name: "a", in_bps: 2 }, fields, 3));
    expect(rowKey({ x: 1 }, [field("x", "X", "count")], 4)).toBe("#4");
  });
});

describe("[U85] rows keep their places under a finger", () => {
  test("known rows stay, new ones follow, lost ones vanish", () => {
    expect(steadyOrder(["b", "a", "c"], ["a", "c", "d", "b"])).toEqual(["b", "a", "c", "d"]);
    expect(steadyOrder(["b", "a"], ["a"])).toEqual(["a"]);
    expect(steadyOrder([], ["x", "y"])).toEqual(["x", "y"]);
  });
});

describe("visible rows of a long table", () => {
  test("10,000 rows need only those that can be seen", () => {
    const range = visibleRange(10_000, 44, 44 * 5_000, 440);
    expect(range.last - range.first).toBeLessThan(40);
    expect(range.first).toBeLessThanOrEqual(5_000);
    expect(range.last).toBeGreaterThanOrEqual(5_010);
    expect(range.before + range.after + (range.last - range.first) * 44).toBe(10_000 * 44);
  });

  test("what is drawn for a step covers every place within it, so that not each pixel draws anew", () => {
    for (let at = 0; at < 1_000; at += 7) {
      const drawn = visibleRange(10_000, 44, drawnTop(at, 44), 440);
      expect(drawn.before).toBeLessThanOrEqual(at);
      expect(drawn.last * 44).toBeGreaterThanOrEqual(at + 440);
    }
    expect(new Set(Array.from({ length: 176 }, (_, px) => drawnTop(352 + px, 44))).size).toBe(1);
  });

  test("the ends, and a table that has shrunk below where it was scrolled", () => {
    expect(visibleRange(3, 44, 0, 440)).toEqual({ first: 0, last: 3, before: 0, after: 0 });
    const shrunk = visibleRange(5, 44, 44 * 900, 440);
    expect(shrunk.last).toBe(5);
    expect(shrunk.after).toBe(0);
    expect(visibleRange(0, 44, 0, 440)).toEqual({ first: 0, last: 0, before: 0, after: 0 });
  });
});
