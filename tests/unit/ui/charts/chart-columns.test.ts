import { describe, expect, test } from "vitest";
import type { HistoryRange } from "#bridge/types.ts";
import { axisStart, chartColumns, gapBands, openGap } from "#ui/charts/chart-columns.ts";
import { pointRows } from "#ui/charts/point-rows.ts";

const point = (t: number, avg: number, spread = 0) => ({ t, avg, min: avg - spread, max: avg + spread, n: 1 });
const range = (points: HistoryRange["points"], gaps: HistoryRange["gaps"] = []): HistoryRange => ({
  series: "ifcounters:Gi0/1/in_bps",
  unit: "bps",
  points,
  gaps,
});

describe("columns of a chart", () => {
  test("lines with times of their own share one axis; a missing point of one does not break it", () => {
    const { times, lines } = chartColumns([
      range([point(1_000, 1), point(3_000, 3)]),
      range([point(2_000, 20, 5), point(3_000, 30)]),
    ]);
    expect(times).toEqual([1, 2, 3]);
    expect(lines[0]?.avg).toEqual([1, undefined, 3]);
    expect(lines[1]).toEqual({ avg: [undefined, 20, 30], min: [undefined, 15, 30], max: [undefined, 25, 30] });
  });

  test("[T83] a line breaks in the middle of its gap, and only that line", () => {
    const gap = { from: 1_000, to: 5_000, why: "paused" } as const;
    const { times, lines } = chartColumns([
      range([point(1_000, 1), point(5_000, 2)], [gap]),
      range([point(1_000, 7), point(5_000, 8)]),
    ]);
    expect(times).toEqual([1, 3, 5]);
    expect(lines[0]?.avg).toEqual([1, null, 2]);
    expect(lines[1]?.avg).toEqual([7, undefined, 8]);
  });

  test("[T83] bands are those of all lines, each once, cut to what is shown", () => {
    const shared = { from: 0, to: 50, why: "link" } as const;
    const late = { from: 90, to: 140, why: "throttled" } as const;
    const bands = gapBands([range([], [shared, late]), range([], [shared, { from: 1, to: 5, why: "error" }])], 10, 100);
    expect(bands).toEqual([
      { from: 10, to: 50, why: "link" },
      { from: 90, to: 100, why: "throttled" },
    ]);
  });

  test("[T83] a pause that still lasts is a gap as well, with what is known of it", () => {
    const lines = [range([point(10_000, 1)])];
    const present = { status: "ok", interval_ms: 10_000 };
    expect(openGap(lines, 40_000, 0, true, present)).toBeUndefined();
    expect(openGap(lines, 40_001, 0, true, present)).toEqual({ from: 10_000, to: 40_001, why: "hidden" });
    expect(openGap(lines, 99_000, 0, false, present)?.why).toBe("link");
    expect(openGap(lines, 99_000, 0, true, { ...present, status: "stale", reason: "paused" })?.why).toBe("paused");
    expect(openGap(lines, 99_000, 0, true, { ...present, status: "error" })?.why).toBe("error");
    // Points of a week stand for five minutes each.
    expect(openGap(lines, 99_000, 300_000, true, present)).toBeUndefined();
    expect(openGap([range([])], 99_000, 0, true, present)).toBeUndefined();
  });

  test("the axis begins with the first value when only the end of the stretch is known", () => {
    const hour = 3_600_000;
    expect(axisStart([range([point(hour * 0.4, 1)])], 0, hour)).toBe(0);
    expect(axisStart([range([point(hour - 1_200_000, 1)])], 0, hour)).toBe(hour - 1_260_000);
    // A few readings are not drawn as wide as an hour.
    expect(axisStart([range([point(hour - 10_000, 1)]), range([])], 0, hour)).toBe(hour - 300_000);
    expect(axisStart([range([])], 0, hour)).toBe(hour - 300_000);
  });

  test("[U87] the table has every point of every line, newest first", () => {
    const rows = pointRows([range([point(1, 1), point(3, 3)]), range([point(2, 2), point(3, 30)])]);
    expect(rows.map(({ t, cells }) => [t, ...cells.map((cell) => cell?.avg)])).toEqual([
      [3, 3, 30],
      [2, undefined, 2],
      [1, 1, undefined],
    ]);
  });
});
