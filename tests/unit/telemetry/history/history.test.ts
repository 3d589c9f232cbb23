import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addSamples, newRawBlock, newRollBlock, rawPoints, rollPoints, rollUp } from "#telemetry/history/blocks.ts";
import { GapWatch } from "#telemetry/history/gap-watch.ts";
import type { HistoryPoint, SeriesGap } from "#telemetry/history/history-data.ts";
import { downsample, joinGaps, lineOf, withBreaks } from "#telemetry/history/range.ts";
import { blockStart, HISTORY_TIERS, isExpired, tierFor } from "#telemetry/history/tiers.ts";
import type { PanelReading } from "#telemetry/knowledge/reading.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const value = (name: string, of: number | null) => [{ name, unit: "bps" as const, value: of }];
const cpu = (ts: number, more: Partial<PanelReading> = {}): PanelReading =>
  ({
    panel: "cpu",
    schema: 1,
    ts,
    age_ms: 0,
    interval_ms: 30_000,
    status: "ok",
    sources: [],
    data: { busy_pct: 1 },
    ...more,
  }) as PanelReading;

describe("tiers of history", () => {
  it("[T82] raw for an hour, minutes for a day, five minutes for a week", () => {
    const now = 10_000 * HOUR;
    expect(tierFor(now - HOUR, now).id).toBe("raw");
    expect(tierFor(now - HOUR - 1, now).id).toBe("minute");
    expect(tierFor(now - 24 * HOUR, now).id).toBe("minute");
    expect(tierFor(now - 25 * HOUR, now).id).toBe("five_minutes");
    expect(isExpired(HISTORY_TIERS.minute, blockStart(HISTORY_TIERS.minute, now - 26 * HOUR), now)).toBe(true);
    expect(isExpired(HISTORY_TIERS.minute, blockStart(HISTORY_TIERS.minute, now - 23 * HOUR), now)).toBe(false);
  });
});

describe("rolling up", () => {
  it("[T82] keeps smallest, mean, largest and count per slot; an absent value is a slot without samples, never zero", () => {
    const raw = newRawBlock(5 * MINUTE);
    addSamples(raw, 5 * MINUTE + 1_000, value("p/in", 10));
    addSamples(raw, 5 * MINUTE + 31_000, value("p/in", 30));
    addSamples(raw, 6 * MINUTE + 1_000, value("p/in", null));
    addSamples(raw, 7 * MINUTE + 1_000, value("p/in", 0));
    const hour = newRollBlock(HISTORY_TIERS.minute, 0);
    rollUp(raw, hour);
    expect(rollPoints(hour, "p/in")).toEqual([
      { t: 5.5 * MINUTE, min: 10, avg: 20, max: 30, n: 2 },
      { t: 6.5 * MINUTE, n: 0 },
      { t: 7.5 * MINUTE, min: 0, avg: 0, max: 0, n: 1 },
    ]);
  });

  it("the same raw block twice adds nothing; a quiet port costs one run", () => {
    const hour = newRollBlock(HISTORY_TIERS.minute, 0);
    for (let start = 0; start < HOUR; start += 5 * MINUTE) {
      const raw = newRawBlock(start);
      for (let at = start; at < start + 5 * MINUTE; at += 30_000) addSamples(raw, at, value("p/in", 0));
      rollUp(raw, hour);
      rollUp(raw, hour);
    }
    expect(hour.series.get("p/in")?.runs).toEqual([[0, 60, 2, 0, 0, 0]]);
    expect(rollPoints(hour, "p/in")).toHaveLength(60);
  });

  it("[T8] names of a hostile device are names and nothing else", () => {
    const raw = newRawBlock(0);
    for (const name of ["__proto__", "constructor", "toString"]) addSamples(raw, 1, value(name, 7));
    expect(rawPoints(raw, "constructor")).toEqual([{ t: 1, min: 7, avg: 7, max: 7, n: 1 }]);
    expect(rawPoints(raw, "hasOwnProperty")).toEqual([]);
  });

  it("[T82] property: whatever was read lies between the smallest and largest of its slot, and is counted once", () => {
    const samples = fc.array(fc.tuple(fc.integer({ min: 0, max: 299_999 }), fc.option(fc.nat(1_000))), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(samples, (given) => {
        const raw = newRawBlock(10 * MINUTE);
        const sorted = given.toSorted((a, b) => a[0] - b[0]);
        for (const [offset, of] of sorted) addSamples(raw, 10 * MINUTE + offset, value("x", of));
        const hour = newRollBlock(HISTORY_TIERS.minute, 0);
        rollUp(raw, hour);
        const rolled = rollPoints(hour, "x").filter((point): point is HistoryPoint => point.n > 0);
        const points = rawPoints(raw, "x").filter((point): point is HistoryPoint => point.n > 0);
        expect(rolled.reduce((sum, { n }) => sum + n, 0)).toBe(points.length);
        for (const { t, avg } of points) {
          const slot = rolled.find((point) => Math.abs(point.t - t) <= MINUTE / 2);
          expect(slot).toBeDefined();
          expect(slot?.min).toBeLessThanOrEqual(avg);
          expect(slot?.max).toBeGreaterThanOrEqual(avg);
        }
      }),
    );
  });
});

describe("a range for a chart", () => {
  const line = (count: number): HistoryPoint[] =>
    Array.from({ length: count }, (_, at) => ({ t: at * 1_000, min: at, avg: at, max: at, n: 1 }));

  it("[T83] property: no point is made of samples from both sides of a gap, and extremes survive", () => {
    const gapsOf = fc.array(fc.tuple(fc.nat(498), fc.integer({ min: 1, max: 20 })), { maxLength: 5 });
    fc.assert(
      fc.property(gapsOf, fc.integer({ min: 20, max: 200 }), (given, most) => {
        const gaps = given.map(
          ([from, length]): SeriesGap => ({ from: from * 1_000, to: (from + length) * 1_000, why: "link" }),
        );
        const points = line(500).filter(({ t }) => !gaps.some(({ from, to }) => t > from && t < to));
        const out = downsample(points, gaps, most);
        expect(out.length).toBeLessThanOrEqual(most + gaps.length + 1);
        for (const { min, max } of out)
          expect(gaps.some(({ from, to }) => min * 1_000 <= from && max * 1_000 >= to)).toBe(false);
        expect(Math.max(...out.map(({ max }) => max))).toBe(Math.max(...points.map(({ max }) => max)));
        expect(out.reduce((sum, { n }) => sum + n, 0)).toBe(points.length);
      }),
    );
  });

  it("[T83] an absent value breaks the line where no gap was recorded", () => {
    const cut = lineOf([...line(3), { t: 3_000, n: 0 }, { t: 4_000, min: 9, avg: 9, max: 9, n: 1 }], 0, 10_000);
    expect(withBreaks(cut, [])).toEqual([{ from: 2_000, to: 4_000, why: "reset" }]);
    expect(withBreaks(cut, [{ from: 2_500, to: 3_500, why: "link" }])).toHaveLength(1);
  });

  it("gaps that touch and have one cause are one", () => {
    const gaps: SeriesGap[] = [
      { from: 5, to: 9, why: "link" },
      { from: 1, to: 5, why: "link" },
      { from: 9, to: 12, why: "paused" },
    ];
    expect(joinGaps(gaps)).toEqual([
      { from: 1, to: 9, why: "link" },
      { from: 9, to: 12, why: "paused" },
    ]);
  });
});

describe("gaps", () => {
  it("[T83] say why: the link, a pause, an error, a hidden page", () => {
    for (const [status, reason, why] of [
      ["stale", "suspended", "link"],
      ["stale", "paused", "paused"],
      ["stale", "throttled", "throttled"],
      ["error", "timeout", "error"],
    ] as const) {
      const watch = new GapWatch();
      expect(watch.take(cpu(0))).toBeUndefined();
      expect(watch.take(cpu(0, { status, reason }))).toBeUndefined();
      expect(watch.take(cpu(120_000))).toEqual({ from: 0, to: 120_000, why });
    }
    const hidden = new GapWatch();
    hidden.take(cpu(0));
    expect(hidden.take(cpu(200_000))).toEqual({ from: 0, to: 200_000, why: "hidden" });
  });

  it("a stop that missed no poll is none; what an earlier run stored is followed by one", () => {
    const watch = new GapWatch();
    watch.take(cpu(0));
    watch.take(cpu(0, { status: "stale", reason: "suspended" }));
    expect(watch.take(cpu(30_000))).toBeUndefined();
    expect(new GapWatch(0).take(cpu(HOUR))).toEqual({ from: 0, to: HOUR, why: "link" });
  });
});
