import { describe, expect, test } from "vitest";
import type { HistoryRange, Result } from "#bridge/types.ts";
import { SeedQueue } from "#ui/charts/seed-queue.ts";
import { seededTrend, wantsSeed } from "#ui/charts/seeded-trend.ts";

const range = (series: string, points: [number, number][], gaps: HistoryRange["gaps"] = []): HistoryRange => ({
  series,
  unit: "bps",
  points: points.map(([t, value]) => ({ t, min: value, avg: value, max: value, n: 1 })),
  gaps,
});

describe("[T82] a sparkline after a reload", () => {
  const past = [
    range("ifcounters:Gi0/1/out_bps", [
      [1_000, 10],
      [2_000, 20],
      [9_000, 90],
    ]),
    range("ifcounters:Gi0/1/in_bps", [
      [1_000, 1],
      [2_000, 2],
      [9_000, 9],
    ]),
  ];

  test("begins with what was kept before its first own point, line by line", () => {
    const live = {
      fields: ["in_bps", "out_bps"],
      times: [9, 10],
      lines: [
        [9, 8],
        [90, 80],
      ],
    };
    expect(seededTrend(live, past)).toEqual({
      fields: ["in_bps", "out_bps"],
      times: [1, 2, 9, 10],
      lines: [
        [1, 2, 9, 8],
        [10, 20, 90, 80],
      ],
    });
  });

  test("is there before the first reading, and is not made of one point", () => {
    expect(seededTrend(undefined, past)?.lines[0]).toEqual([10, 20, 90]);
    expect(seededTrend(undefined, [range("cpu:busy_pct", [[1_000, 3]])])).toBeUndefined();
    expect(seededTrend(undefined, [])).toBeUndefined();
  });

  test("[T83] keeps its gaps, the one of the reload too", () => {
    const gap = { from: 2_000, to: 6_000, why: "link" } as const;
    const live = { fields: ["busy_pct"], times: [6, 7], lines: [[6, 7]] };
    const trend = seededTrend(live, [
      range(
        "cpu:busy_pct",
        [
          [1_000, 1],
          [2_000, 2],
        ],
        [gap],
      ),
    ]);
    expect(trend).toEqual({ fields: ["busy_pct"], times: [1, 2, 4, 6, 7], lines: [[1, 2, null, 6, 7]] });
  });

  test("asks no more once it has points of its own", () => {
    const times = Array.from({ length: 20 }, (_, at) => at);
    expect(wantsSeed({ fields: ["f"], times, lines: [times] })).toBe(false);
    expect(wantsSeed({ fields: ["f"], times: times.slice(1), lines: [times] })).toBe(true);
  });
});

describe("questions of many small charts", () => {
  test("go together, at most sixteen series each, by device; each gets its own in its order", async () => {
    const asked: [string, number][] = [];
    const runs: (() => void)[] = [];
    const queue = new SeedQueue(
      (device, series) => {
        asked.push([device, series.length]);
        const value = series.map((name) => range(name, [])).toReversed();
        return Promise.resolve({ ok: true, value } satisfies Result<HistoryRange[]>);
      },
      (run) => runs.push(run),
    );
    const rows = Array.from({ length: 9 }, (_, row) => queue.past("d1", [`p:${row}/in`, `p:${row}/out`]));
    const other = queue.past("d2", ["p:x/in"]);
    expect(runs).toHaveLength(1);
    runs[0]?.();
    expect((await Promise.all(rows)).map((found) => found.map(({ series }) => series))[8]).toEqual([
      "p:8/in",
      "p:8/out",
    ]);
    expect(await other).toHaveLength(1);
    expect(asked).toEqual([
      ["d1", 16],
      ["d1", 2],
      ["d2", 1],
    ]);
  });

  test("a refusal is an empty past", async () => {
    const refuse = (): Promise<Result<HistoryRange[]>> =>
      Promise.resolve({ ok: false, error: { code: "invalid", reason: "range", retry: "no" } });
    const queue = new SeedQueue(refuse, (run) => run());
    expect(await queue.past("d1", ["p:x/in"])).toEqual([]);
  });
});
