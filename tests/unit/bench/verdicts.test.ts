import { describe, expect, it } from "vitest";
import { compareWith, type StoredRun } from "../../bench/baseline.ts";
import { showInterfacesText } from "../../bench/cli-text.ts";
import type { Machine } from "../../bench/machine.ts";
import { type Measure, verdict } from "../../bench/measure.ts";
import { median, percentile } from "../../bench/statistics.ts";

const MACHINE: Machine = { cpu: "a processor", cores: 2, node: "20.19.0", chromium: "156", openssh: "OpenSSH_9.2" };
const OTHER: Machine = { ...MACHINE, cpu: "another" };

function measure(part: Partial<Measure>): Measure {
  return { id: "one", title: "one", value: 1, unit: "ms", better: "lower", ...part };
}

function stored(value: number, ratio?: number): StoredRun {
  const figures = { one: { value, unit: "ms", ratio, better: "lower" as const } };
  return { date: "2026-01-01", machine: MACHINE, figures };
}

describe("targets of the bench", () => {
  const floor = { title: "floor", value: 10 };
  it.each([
    ["a ratio of at least 0.8", { value: 8, floor, target: { kind: "min_ratio", bound: 0.8 } }, "met"],
    ["a ratio below it", { value: 7.9, floor, target: { kind: "min_ratio", bound: 0.8 } }, "missed"],
    ["a ratio above the most", { value: 31, floor, target: { kind: "max_ratio", bound: 3 } }, "missed"],
    ["a little over the floor", { value: 12, floor, target: { kind: "max_over_floor", bound: 2 } }, "met"],
    ["too far over the floor", { value: 12.1, floor, target: { kind: "max_over_floor", bound: 2 } }, "missed"],
    ["a value that is too high", { value: 0.31, target: { kind: "max_value", bound: 0.3 } }, "missed"],
    ["no target", { value: 1 }, "no target"],
  ] as const)("%s", (_, part, expected) => {
    expect(verdict(measure(part))).toBe(expected);
  });
});

describe("comparison with the baseline", () => {
  it("names what is worse by more than 20 %, in the direction that is worse", () => {
    expect(compareWith(stored(10), MACHINE, [measure({ value: 11.9 })]).regressions).toEqual([]);
    expect(compareWith(stored(10), MACHINE, [measure({ value: 12.1 })]).regressions).toMatchObject([{ id: "one" }]);
    const higher = { better: "higher" as const };
    expect(compareWith(stored(10), MACHINE, [measure({ ...higher, value: 20 })]).regressions).toEqual([]);
    expect(compareWith(stored(10), MACHINE, [measure({ ...higher, value: 8 })]).regressions).toHaveLength(1);
  });

  it("judges ratios where there is a floor, so that a slower machine is no regression", () => {
    const slower = measure({ value: 20, floor: { title: "floor", value: 10 } });
    expect(compareWith(stored(10, 2), OTHER, [slower])).toMatchObject({ compared: 1, regressions: [] });
  });

  it("leaves plain values of another machine alone", () => {
    expect(compareWith(stored(10), OTHER, [measure({ value: 99 })])).toMatchObject({ compared: 0, regressions: [] });
  });
});

describe("samples", () => {
  it("percentiles are values that occurred", () => {
    const samples = [5, 1, 4, 2, 3];
    expect(median(samples)).toBe(3);
    expect(percentile(samples, 0.99)).toBe(5);
    expect(() => median([])).toThrow("no samples");
  });

  it("CLI text is the same each time, of whole sections, as long as asked", () => {
    const text = showInterfacesText(100_000);
    expect(text).toBe(showInterfacesText(100_000));
    expect(text.length).toBeGreaterThanOrEqual(100_000);
    expect(text.endsWith("output buffers swapped out\n")).toBe(true);
    expect(new Set(text.match(/^GigabitEthernet\S+/gm)).size).toBe(text.match(/^GigabitEthernet/gm)?.length);
  });
});
