import { describe, expect, test } from "vitest";
import type { HistoryRange } from "#bridge/types.ts";
import type { Unit } from "#telemetry/knowledge/field-defs.ts";
import { axisRange, axisUnit, sayExact, sayValue, tickText } from "#ui/charts/chart-axis.ts";

const line = (unit: Unit, ...values: number[]): HistoryRange => ({
  series: "p:f",
  unit,
  points: values.map((value, t) => ({ t, min: value, avg: value, max: value, n: 1 })),
  gaps: [],
});

describe("[T84] y axis", () => {
  test("one unit for all numbers beside it", () => {
    const mega = axisUnit("bps", 2_400_000);
    expect(mega).toEqual({ factor: 1_000_000, label: "Mb/s" });
    expect([0, 500_000, 1_000_000, 2_500_000].map((value) => tickText(value, mega))).toEqual(["0", "0.5", "1", "2.5"]);
    expect(axisUnit("bps", 0.3)).toEqual({ factor: 1, label: "b/s" });
    expect(axisUnit("celsius", 4_000)).toEqual({ factor: 1, label: "°C" });
    expect(tickText(1_500, axisUnit("rpm", 1_500))).toBe("1500");
  });

  test("begins at 0 and has room above the largest value", () => {
    expect(axisRange([line("bps", 10, 100)], [], "bps", false)).toEqual({ low: 0, high: 108, beyond: [] });
    expect(axisRange([line("bps", 0, 0)], [], "bps", false).high).toBeGreaterThan(0);
    expect(axisRange([line("pct", 3)], [], "pct", false)).toMatchObject({ low: 0, high: 100 });
    expect(axisRange([line("bps")], [], "bps", false)).toEqual({ low: 0, high: 1, beyond: [] });
  });

  test("shows the speed when the lines still fill a fifth of the picture, or on request; else it is told", () => {
    const speed = { label: "Speed", value: 1_000 };
    expect(axisRange([line("bps", 100)], [speed], "bps", false)).toEqual({ low: 0, high: 108, beyond: [speed] });
    expect(axisRange([line("bps", 200)], [speed], "bps", false)).toEqual({ low: 0, high: 1_080, beyond: [] });
    expect(axisRange([line("bps", 100)], [speed], "bps", true)).toEqual({ low: 0, high: 1_080, beyond: [] });
    expect(axisRange([line("bps", 2_000)], [speed], "bps", false).beyond).toEqual([]);
  });

  test("light has its limits and room on both sides", () => {
    const limits = [
      { label: "High alarm", value: 1 },
      { label: "Low alarm", value: -14 },
    ];
    const { low, high } = axisRange([line("dbm", -5.2, -5.4)], limits, "dbm", false);
    expect(low).toBeLessThan(-14);
    expect(high).toBeGreaterThan(1);
  });
});

describe("values of a chart in words", () => {
  test("exact ones have what the device said, averages no more than they know", () => {
    expect(sayValue(1_240_000, "bps")).toBe("1.24 Mb/s");
    expect(sayExact(1_240_017, "bps")).toContain("240");
    expect(sayExact(1 / 3, "per_s")).toBe("0.333333/s");
  });
});
