import { describe, expect, test } from "vitest";
import type { ExecAnswer, ExecDevice } from "#support/telemetry-devices.ts";
import { TelemetryDriver } from "#support/telemetry-driver.ts";
import { readingInWallTime } from "#telemetry/collector/wall-time.ts";
import type { IfCountersRow } from "#telemetry/knowledge/panel-data.ts";
import type { PanelReading } from "#telemetry/knowledge/reading.ts";

const HOUR = 3_600_000;

/** A Linux box with one port that carries 8 Mbit/s by the clock of events. */
function box(now: () => number): ExecDevice {
  return (command): ExecAnswer => {
    if (!command.includes("ip -j -s -s link'")) return { stderr: "sh: 1: not found\n", code: 127 };
    const bytes = Math.round((now() - 1_700_000_000_000) * 1_000);
    const stats64 = { rx: { bytes, packets: 1 }, tx: { bytes: 5, packets: 1 } };
    return { stdout: JSON.stringify([{ ifname: "eth0", flags: ["UP", "LOWER_UP"], stats64 }]) };
  };
}

function polled(): { driver: TelemetryDriver; row: () => IfCountersRow | undefined; reading: () => PanelReading } {
  const driver: TelemetryDriver = new TelemetryDriver({ exec: box(() => driver.now) }, { platform: "linux" });
  driver.send({ type: "subscribe", panels: ["ifcounters", "collector"], at: driver.now });
  driver.open("exec");
  driver.run(400_000);
  const reading = (): PanelReading => {
    const found = driver.readings.get("ifcounters");
    if (found === undefined) throw new Error("no reading");
    return found;
  };
  const row = (): IfCountersRow | undefined => {
    const found = reading();
    return found.panel === "ifcounters" ? found.data?.rows?.[0] : undefined;
  };
  return { driver, row, reading };
}

const near = (bps: number | undefined): void => {
  expect(bps).toBeGreaterThan(7_900_000);
  expect(bps).toBeLessThan(8_100_000);
};

describe("the tablet's clock is set", () => {
  test("[T15] back an hour: polling, rates and freshness go on; what is told is the new time of day", () => {
    const { driver, row, reading } = polled();
    const before = driver.execs.length;
    const points = row()?.trend ?? [];
    driver.send({ type: "clock", ahead: -HOUR, jumped: 0, at: driver.now });
    expect(reading()).toMatchObject({ status: "ok", clock_ahead_ms: -HOUR });
    expect(driver.now - HOUR - reading().ts).toBeLessThan(100_000);
    // The line is one line: all of it is told by the clock as it is now.
    expect(row()?.trend?.map(({ t }) => t)).toEqual(points.map(({ t }) => t - HOUR));
    driver.run(300_000);
    expect(driver.execs.length).toBeGreaterThan(before + 2);
    expect(reading()).toMatchObject({ status: "ok" });
    near(row()?.in_bps);
    expect(row()?.trend?.filter(({ gap }) => gap)).toEqual([]);
    const { next_due = 0, sources } = reading();
    expect(next_due).toBeGreaterThan(driver.now - HOUR);
    expect(next_due).toBeLessThan(driver.now - HOUR + 100_000);
    expect(sources[0]?.ts).toBe(reading().ts);
    expect(driver.collector.capture(sources[0]?.capture ?? "")?.ts).toBe(reading().ts);
    expect(driver.collector.audit().at(-1)?.at).toBeLessThan(driver.now - HOUR + 1_000);
    expect(driver.collector.snapshot("ifcounters", driver.now - HOUR)).toMatchObject({
      status: "ok",
      ts: reading().ts,
    });
    const stats = driver.readings.get("collector");
    const dues = stats?.panel === "collector" ? stats.data?.commands.flatMap((one) => one.next_due ?? []) : [];
    expect(Math.max(...(dues ?? []))).toBeLessThan(driver.now - HOUR + 400_000);
  });

  test("[T15] [T16] an hour forward, which may be a sleep: what was read is an hour old until it is read anew, and no rate is made across", () => {
    const { driver, row, reading } = polled();
    const had = row()?.trend?.length ?? 0;
    const read = reading().ts;
    driver.now += HOUR;
    driver.send({ type: "clock", ahead: 0, jumped: HOUR, at: driver.now });
    expect(reading()).toMatchObject({ status: "stale", ts: read });
    driver.run(90_000);
    expect(reading()).toMatchObject({ status: "ok" });
    expect(driver.now - reading().ts).toBeLessThan(100_000);
    driver.run(180_000);
    near(row()?.in_bps);
    const trend = row()?.trend ?? [];
    for (const { in_bps } of trend) if (in_bps !== 0) near(in_bps);
    expect(trend.length).toBeGreaterThan(had);
    expect(trend.filter(({ gap }) => gap)).toHaveLength(1);
    for (const [at, { t }] of trend.entries()) if (at > 0) expect(t).toBeGreaterThan(trend[at - 1]?.t ?? 0);
  });

  test("[T15] windows of a table are told in times of day, too", () => {
    const { driver, row } = polled();
    driver.send({ type: "clock", ahead: -HOUR, jumped: 0, at: driver.now });
    const query = { offset: 0, limit: "all" } as const;
    const { rows } = driver.collector.tableWindow("ifcounters", "rows", query, driver.now - HOUR);
    expect(rows[0]?.trend).toEqual(row()?.trend);
  });
});

test("[T15] rows of half a reading that are shown as they last were have their line in the same time of day", () => {
  const trend = [{ t: 1_000, in_bps: 1 }];
  const base = { panel: "ifcounters", schema: 1, ts: 2_000, age_ms: 0, status: "partial", sources: [] };
  const given = { ...base, data: { rows: [{ name: "a", trend }] }, old_rows: { rows: [{ name: "b", trend }] } };
  const told = readingInWallTime(given as unknown as PanelReading, -500);
  const moved = [{ t: 500, in_bps: 1 }];
  expect(told).toMatchObject({ ts: 1_500, data: { rows: [{ trend: moved }] }, old_rows: { rows: [{ trend: moved }] } });
});
