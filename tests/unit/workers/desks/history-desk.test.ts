import { describe, expect, it } from "vitest";
import { DeskRig } from "#support/desk-rig.ts";
import type { HistoryRange } from "#telemetry/history/history-data.ts";
import type { PanelReading } from "#telemetry/knowledge/reading.ts";
import { DeviceHistory } from "#workers/desks/device-history.ts";
import { HistoryDesk } from "#workers/desks/history-desk.ts";
import { MemoryRecords } from "#workers/desks/record-store.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Any time that is not at the beginning of a block. */
const NOON = 20_000 * 24 * HOUR + 12 * HOUR + 90_000;

function port(ts: number, in_bps: number | undefined, more: Partial<PanelReading> = {}): PanelReading {
  const row = { name: "eth0", ...(in_bps === undefined ? {} : { in_bps }) };
  const data = { rows: [row], row_count: 1 };
  const base = { panel: "ifcounters", schema: 1, ts, age_ms: 0, interval_ms: 30_000, status: "ok", sources: [], data };
  return { ...base, ...more } as PanelReading;
}

const SERIES = "ifcounters:eth0/in_bps";
async function one(history: DeviceHistory, from: number, to: number, now: number): Promise<HistoryRange> {
  const [range] = await history.ranges([SERIES], from, to, 500, now);
  if (range === undefined) throw new Error("no range");
  return range;
}

describe("history of a device", () => {
  it("[S71] that was forgotten is not written any more, whatever was under way", async () => {
    const records = new MemoryRecords();
    const history = new DeviceHistory("d1", records);
    for (let at = 0; at < 20; at++) history.take(port(NOON + at * 30_000, at));
    const flushing = history.flush(NOON + 10 * MINUTE);
    await history.forget();
    await records.clear("d1");
    history.take(port(NOON + 30 * MINUTE, 1));
    await flushing;
    await history.flush(NOON + 31 * MINUTE);
    expect(await records.range("series", "d1")).toEqual([]);
    expect(await records.range("gaps", "d1")).toEqual([]);
  });

  it("[T82] is there for the next worker, and goes on with a gap that says why", async () => {
    const records = new MemoryRecords();
    const first = new DeviceHistory("d1", records);
    for (let at = 0; at < 20; at++) first.take(port(NOON + at * 30_000, at));
    await first.flush(NOON + 10 * MINUTE);
    const next = new DeviceHistory("d1", records);
    for (let at = 40; at < 50; at++) next.take(port(NOON + at * 30_000, at));
    const now = NOON + 25 * MINUTE;
    const range = await one(next, NOON - MINUTE, now, now);
    expect(range.unit).toBe("bps");
    expect(range.points.map(({ avg }) => avg)).toEqual(
      [...Array(20).keys(), ...Array(10).keys()].map((n, at) => (at < 20 ? n : n + 40)),
    );
    expect(range.gaps).toEqual([{ from: NOON + 19 * 30_000, to: NOON + 40 * 30_000, why: "link" }]);
  });

  it("[T82] a day back comes by the minute, and a killed worker loses nothing that was flushed", async () => {
    const records = new MemoryRecords();
    const first = new DeviceHistory("d1", records);
    for (let at = 0; at < 240; at++) first.take(port(NOON + at * 30_000, 100 + (at % 2)));
    await first.flush(NOON + 2 * HOUR);
    const now = NOON + 3 * HOUR;
    const next = new DeviceHistory("d1", records);
    next.take(port(now, 100));
    const range = await one(next, NOON - MINUTE, now, now);
    const before = range.points.filter(({ t }) => t < NOON + 2 * HOUR + MINUTE);
    expect(before.reduce((sum, { n }) => sum + n, 0)).toBe(240);
    expect(before.every(({ min, max, avg }) => min >= 100 && max <= 101 && avg >= 100)).toBe(true);
    expect(before.length).toBeGreaterThan(115);
  });

  it("[T15] [T82] a clock set back an hour, in a run and between two: every sample is there, in both tiers, and the stretch is marked", async () => {
    for (const restarted of [false, true]) {
      const records = new MemoryRecords();
      const first = new DeviceHistory("d1", records);
      for (let at = 0; at < 40; at++) first.take(port(NOON + at * 30_000, at));
      await first.flush(NOON + 20 * MINUTE);
      const next = restarted ? new DeviceHistory("d1", records) : first;
      const back = restarted ? {} : { clock_ahead_ms: -HOUR };
      const told = port(NOON + 39 * 30_000 - HOUR, 39, back);
      // Told anew in the new time of day: of the same run it is the same reading.
      if (!restarted) next.take(told);
      for (let at = 40; at < 80; at++) next.take(port(NOON + at * 30_000 - HOUR, at, back));
      const now = NOON + 40 * MINUTE - HOUR;
      await next.flush(now);
      const early = await one(next, NOON - HOUR, now, now);
      expect(early.points.map(({ avg }) => avg)).toEqual([...Array(40).keys()].map((n) => n + 40));
      const all = await one(next, NOON - HOUR, NOON + HOUR, NOON + 5 * HOUR);
      expect(all.points.reduce((sum, { n }) => sum + n, 0)).toBe(80);
      expect(all.points.map(({ t }) => t)).toEqual(all.points.map(({ t }) => t).toSorted((a, b) => a - b));
      const gap = { from: NOON + 40 * 30_000 - HOUR, to: NOON + 39 * 30_000, why: "clock" };
      expect(all.gaps).toContainEqual(gap);
    }
  });

  it("[T15] set back by minutes, into stretches that are stored: nothing of either is lost", async () => {
    const records = new MemoryRecords();
    const history = new DeviceHistory("d1", records);
    for (let at = 0; at < 40; at++) history.take(port(NOON + at * 30_000, at));
    await history.flush(NOON + 20 * MINUTE);
    const by = 12 * MINUTE - 7_000;
    for (let at = 40; at < 80; at++) history.take(port(NOON + at * 30_000 - by, at, { clock_ahead_ms: -by }));
    const now = NOON + 40 * MINUTE - by;
    const range = await one(history, NOON - MINUTE, now, now);
    expect(range.points.map(({ avg }) => avg).toSorted((a, b) => a - b)).toEqual([...Array(80).keys()]);
    expect(range.gaps).toEqual([{ from: NOON + 40 * 30_000 - by, to: NOON + 39 * 30_000, why: "clock" }]);
  });

  it("[T15] set forward: the empty stretch is no time in which nothing was read", async () => {
    const history = new DeviceHistory("d1", new MemoryRecords());
    history.take(port(NOON, 1));
    history.take(port(NOON + 30_000 + HOUR, 2, { clock_ahead_ms: HOUR }));
    const now = NOON + 61_000 + HOUR;
    const range = await one(history, NOON - 1, now, now);
    expect(range.gaps).toEqual([{ from: NOON, to: NOON + 30_000 + HOUR, why: "clock" }]);
  });

  it("[T83] [T16] an absent rate breaks the line and is never zero", async () => {
    const history = new DeviceHistory("d1", new MemoryRecords());
    history.take(port(NOON, 10));
    history.take(port(NOON + 30_000, undefined));
    history.take(port(NOON + 60_000, 20));
    const range = await one(history, NOON - 1, NOON + HOUR, NOON + 61_000);
    expect(range.points.map(({ avg }) => avg)).toEqual([10, 20]);
    expect(range.gaps).toEqual([{ from: NOON, to: NOON + 60_000, why: "reset" }]);
  });

  it("[T82] what was read within the running minute is there in every range", async () => {
    const history = new DeviceHistory("d1", new MemoryRecords());
    const now = NOON + 1_000;
    history.take(port(NOON, 10));
    for (const back of [HOUR, 24 * HOUR, 168 * HOUR]) {
      const { points } = await one(history, now - back, now, now);
      expect(
        points.map(({ avg }) => avg),
        `${back / HOUR} h`,
      ).toEqual([10]);
      expect(points[0]?.t).toBeLessThanOrEqual(now);
    }
  });

  it("[T82] what is older than its tier keeps goes", async () => {
    const records = new MemoryRecords();
    const history = new DeviceHistory("d1", records);
    for (let at = 0; at < 30; at++) history.take(port(NOON + at * MINUTE, at));
    await history.flush(NOON + 31 * MINUTE);
    history.take(port(NOON + 9 * 24 * HOUR, 1));
    await history.flush(NOON + 9 * 24 * HOUR);
    const tiers = (await records.range("series", "d1")).map(({ key }) => key[2]);
    expect(tiers.every((start) => Number(start) > NOON + 24 * HOUR)).toBe(true);
  });

  it("[T82] of a device that this run does not use, too; what a killed worker did not roll up is rolled up before", async () => {
    const rig = new DeskRig((context) => new HistoryDesk(context));
    const first = new DeviceHistory("d1", rig.records);
    for (let at = 0; at < 5; at++) first.take(port(NOON + at * 30_000, at));
    await first.flush(NOON + 3 * MINUTE);
    const tiers = async () => (await rig.records.sizes("series", "d1")).map(({ key }) => key[0]);
    expect(await tiers()).toEqual(["raw"]);
    rig.time.advance(NOON + 3 * HOUR - rig.time.now());
    await rig.desk.sweep();
    expect(await tiers()).toEqual(["minute", "five_minutes"]);
    const range = await one(new DeviceHistory("d1", rig.records), NOON - HOUR, NOON + 3 * HOUR, NOON + 3 * HOUR);
    expect(range.points.reduce((sum, { n }) => sum + n, 0)).toBe(5);
    rig.time.advance(8 * 24 * HOUR);
    await rig.desk.sweep();
    expect(await tiers()).toEqual([]);
  });

  it("[T83] a row that a whole reading no longer has ends its line; half a reading says nothing of it", async () => {
    const history = new DeviceHistory("d1", new MemoryRecords());
    const none = { rows: [], row_count: 0 };
    history.take(port(NOON, 10));
    history.take(port(NOON + 30_000, 1, { status: "partial", data: none }));
    history.take(port(NOON + 60_000, 20));
    history.take(port(NOON + 90_000, 1, { data: none }));
    history.take(port(NOON + 120_000, 30));
    const range = await one(history, NOON - 1, NOON + HOUR, NOON + 121_000);
    expect(range.points.map(({ avg }) => avg)).toEqual([10, 20, 30]);
    expect(range.gaps).toEqual([{ from: NOON + 60_000, to: NOON + 120_000, why: "reset" }]);
  });

  it("[T82] [S71] what is there and cannot be read now is not written over", async () => {
    const records = new MemoryRecords();
    const first = new DeviceHistory("d1", records);
    for (let at = 0; at < 20; at++) first.take(port(NOON + at * 30_000, at));
    await first.flush(NOON + 10 * MINUTE);
    const rolled = (await records.range("series", "d1")).filter(({ key }) => key[0] === "minute");
    const locked = new MemoryRecords();
    for (const { key, value } of rolled) await locked.put("series", "d1", key, value);
    locked.get = () => Promise.resolve(undefined);
    const next = new DeviceHistory("d1", locked);
    for (let at = 20; at < 40; at++) next.take(port(NOON + at * 30_000, at));
    await next.flush(NOON + 20 * MINUTE);
    for (const { key, value } of rolled) {
      const kept = (await locked.range("series", "d1")).find(
        (one_) => JSON.stringify(one_.key) === JSON.stringify(key),
      );
      expect(kept?.value).toEqual(value);
    }
  });

  it("a reading told twice, stale or failed adds nothing", async () => {
    const history = new DeviceHistory("d1", new MemoryRecords());
    history.take(port(NOON, 1));
    history.take(port(NOON, 1));
    history.take(port(NOON + 1, 5, { status: "stale" }));
    expect((await one(history, NOON - 1, NOON + HOUR, NOON + 2)).points).toHaveLength(1);
  });
});
