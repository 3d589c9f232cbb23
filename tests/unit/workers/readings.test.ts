import { describe, expect, test, vi } from "vitest";
import { ManualTime } from "#support/fake-timers.ts";
import { sealedOn } from "#support/sealed.ts";
import type { PanelReading } from "#telemetry/knowledge/reading.ts";
import { BATCH_MS, Publisher } from "#workers/publisher.ts";
import { ReadingsFeed } from "#workers/readings-feed.ts";
import { POINTS_MAX, SeriesTracker } from "#workers/series-tracker.ts";
import { MemoryStore } from "#workers/storage/tablet-store.ts";

const cpu = (ts: number, busy_pct: number | undefined, changes: object = {}): PanelReading => {
  const data = busy_pct === undefined ? {} : { busy_pct };
  return { panel: "cpu", schema: 1, ts, age_ms: 0, interval_ms: 1_000, status: "ok", sources: [], data, ...changes };
};
const update = (payload: PanelReading, device = "d1") => {
  return { session_id: "ssh2", type: "telemetry", action: "telemetry_update", device, seq: 1, payload } as const;
};

describe("series tracker", () => {
  test("[T5] [T83] absent values and long pauses are gaps, never zero", () => {
    const tracker = new SeriesTracker();
    tracker.take(cpu(1_000, 10));
    tracker.take(cpu(2_000, undefined));
    tracker.take(cpu(3_000, 30));
    tracker.take(cpu(9_000, 40));
    expect(tracker.view("cpu:busy_pct")).toEqual({
      field: "busy_pct",
      unit: "pct",
      points: [
        [1_000, 10],
        [2_000, null],
        [3_000, 30],
        [3_001, null],
        [9_000, 40],
      ],
    });
  });

  test("a reading told twice, or one that failed, adds nothing", () => {
    const tracker = new SeriesTracker();
    expect(tracker.take(cpu(1_000, 10))).toContain("cpu:busy_pct");
    expect(tracker.take(cpu(1_000, 10))).toEqual([]);
    expect(tracker.take(cpu(2_000, 10, { status: "stale" }))).toEqual([]);
    expect(tracker.view("cpu:busy_pct")?.points).toHaveLength(1);
  });

  test("[T76] of a panel whose freshest command failed the older rest is no point in the past", () => {
    const tracker = new SeriesTracker();
    tracker.take(cpu(60_000, 10, { newest_ts: 70_000, interval_ms: 60_000 }));
    expect(tracker.take(cpu(60_000, 10, { status: "partial", interval_ms: 60_000 }))).toEqual([]);
    tracker.take(cpu(90_000, 20, { status: "partial", interval_ms: 60_000 }));
    expect(tracker.view("cpu:busy_pct")?.points).toEqual([
      [70_000, 10],
      [90_000, 20],
    ]);
  });

  test("[T15] a clock that is set moves the line, tears no gap into it and stops nothing", () => {
    const tracker = new SeriesTracker();
    tracker.take(cpu(101_000, 10));
    tracker.take(cpu(102_000, 20));
    // The same reading, told anew in the new time of day.
    expect(tracker.take(cpu(12_000, 20, { clock_ahead_ms: -90_000 }))).toEqual([]);
    expect(tracker.take(cpu(13_000, 30, { clock_ahead_ms: -90_000 }))).toContain("cpu:busy_pct");
    expect(tracker.view("cpu:busy_pct")?.points).toEqual([
      [11_000, 10],
      [12_000, 20],
      [13_000, 30],
    ]);
  });

  test("[T15] a table that was asked for says nothing of the clock of other panels", () => {
    const tracker = new SeriesTracker();
    tracker.take(cpu(11_000, 10, { clock_ahead_ms: -90_000 }));
    tracker.take({ ...cpu(12_000, 1), panel: "routes", data: {} } as unknown as PanelReading);
    expect(tracker.view("cpu:busy_pct")?.points).toEqual([[11_000, 10]]);
  });

  test("is bounded", () => {
    const tracker = new SeriesTracker();
    for (let at = 1; at <= 2 * POINTS_MAX; at++) tracker.take(cpu(at * 1_000, at));
    expect(tracker.view("cpu:busy_pct")?.points).toHaveLength(POINTS_MAX);
  });

  test("[T82] ten thousand rows that pass by leave a bounded number; the lines of those that are there stay whole", () => {
    const tracker = new SeriesTracker();
    for (let at = 1; at <= 10_000; at++) {
      const rows = [
        { name: "stays", in_bps: at },
        { name: `passes ${at}`, in_bps: 1 },
      ];
      const data = { rows, row_count: 2 };
      const names = tracker.take({ ...cpu(at * 1_000, 1), panel: "traffic", data } as unknown as PanelReading);
      // What is let go is told, so that a view of it ends.
      if (at === 9_999)
        expect(names.some((name) => name.startsWith("traffic:passes") && !name.includes("9999"))).toBe(true);
    }
    expect(tracker.size).toBeLessThan(1_000);
    expect(tracker.view("traffic:stays/in_bps")?.points).toHaveLength(POINTS_MAX);
    expect(tracker.view("traffic:passes 1/in_bps")).toBeUndefined();
  });

  test("rows have a series of their own, by key", () => {
    const tracker = new SeriesTracker();
    const rows = [{ name: "Gi0/1", in_bps: 5, out_bps: 6 }];
    const reading = { ...cpu(1_000, 1), panel: "traffic", data: { rows, row_count: 1 } } as unknown as PanelReading;
    expect(tracker.take(reading)).toContain("traffic:Gi0/1/in_bps");
    expect(tracker.view("traffic:Gi0/1/in_bps")).toMatchObject({ field: "in_bps", unit: "bps", points: [[1_000, 5]] });
  });
});

describe("readings feed", () => {
  async function setUp(store = new MemoryStore()) {
    const time = new ManualTime();
    const publisher = new Publisher(time);
    const { readings } = (await sealedOn(store)).stores;
    const kept = async () => (await readings.entries()).readable.map(([key, { reading }]) => [key, reading.ts]);
    return { time, store, publisher, kept, feed: new ReadingsFeed(publisher, readings, time) };
  }

  test("[U92] the last readings of an earlier run come back marked stale, and give way to new ones", async () => {
    const first = await setUp();
    first.feed.take(update(cpu(1_000, 10)));
    await vi.waitFor(async () => expect(await first.kept()).toHaveLength(1));
    expect(JSON.stringify(await first.store.entries("readings"))).not.toContain("busy_pct");
    const second = await setUp(first.store);
    await second.feed.restore();
    second.publisher.flush();
    expect(second.publisher.get("panel:d1:cpu")).toMatchObject({
      status: "stale",
      reason: "kept",
      data: { busy_pct: 10 },
    });
    second.feed.take(update(cpu(2_000, 20)));
    second.publisher.flush();
    expect(second.publisher.get("panel:d1:cpu")).toMatchObject({ status: "ok", data: { busy_pct: 20 } });
  });

  test("[S71] when the tablet is left, what an earlier run knew goes with the rest", async () => {
    const first = await setUp();
    first.feed.take(update(cpu(1_000, 10)));
    await vi.waitFor(async () => expect(await first.kept()).toHaveLength(1));
    const { feed } = await setUp(first.store);
    await feed.restore();
    expect([...feed.earlier()]).toHaveLength(1);
    feed.forgetAll();
    expect([...feed.earlier()]).toEqual([]);
    expect(feed.latest("d1", "cpu")).toBeUndefined();
  });

  test("is written at most every 10 s per panel, and never without data or about the collector", async () => {
    const { time, feed, kept } = await setUp();
    feed.take(update(cpu(1_000, 10)));
    feed.take(update(cpu(2_000, 20)));
    feed.take(update({ ...cpu(1_000, 1), panel: "collector" } as unknown as PanelReading));
    const { data: _, ...empty } = cpu(3_000, 1);
    feed.take(update(empty, "d2"));
    await vi.waitFor(async () => expect(await kept()).toEqual([["panel:d1:cpu", 1_000]]));
    time.advance(10_000);
    feed.take(update(cpu(4_000, 40)));
    await vi.waitFor(async () => expect(await kept()).toEqual([["panel:d1:cpu", 4_000]]));
  });

  test("nothing of a removed device stays", async () => {
    const { time, feed, publisher, kept } = await setUp();
    feed.take(update(cpu(1_000, 10)));
    feed.take(update(cpu(1_000, 10), "d2"));
    await vi.waitFor(async () => expect(await kept()).toHaveLength(2));
    time.advance(BATCH_MS);
    await feed.forget("d1");
    time.advance(BATCH_MS);
    expect(publisher.get("panel:d1:cpu")).toBeUndefined();
    expect(await kept()).toEqual([["panel:d2:cpu", 1_000]]);
  });
});
