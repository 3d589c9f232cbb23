import { describe, expect, it } from "vitest";
import { BETWEEN_MS, clampGrid, FitScheduler, QUIET_MS } from "#terminal/fit-scheduler.ts";
import { FakeClock } from "./fake-clock.ts";

const make = () => {
  const clock = new FakeClock();
  const fits: number[] = [];
  const scheduler = new FitScheduler({
    schedule: clock.schedule,
    now: clock.now,
    fit: () => {
      fits.push(clock.now());
      return true;
    },
  });
  return { clock, fits, scheduler };
};

describe("[U34] when a terminal is fitted", () => {
  it("after 150 ms without change", () => {
    const { clock, fits, scheduler } = make();
    scheduler.request();
    clock.advance(100);
    scheduler.request();
    clock.advance(QUIET_MS - 1);
    expect(fits).toEqual([]);
    clock.advance(1);
    expect(fits).toEqual([250]);
  });
  it("at most every 500 ms", () => {
    const { clock, fits, scheduler } = make();
    scheduler.request();
    clock.advance(QUIET_MS);
    scheduler.request();
    clock.advance(BETWEEN_MS * 4);
    expect(fits).toEqual([QUIET_MS, QUIET_MS + BETWEEN_MS]);
  });
  it("never while held, once afterwards", () => {
    const { clock, fits, scheduler } = make();
    scheduler.hold();
    scheduler.request();
    scheduler.request();
    clock.advance(5_000);
    expect(fits).toEqual([]);
    scheduler.release();
    clock.advance(QUIET_MS);
    expect(fits).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
  it("a hold before the timer runs out keeps the wish", () => {
    const { clock, fits, scheduler } = make();
    scheduler.request();
    scheduler.hold();
    clock.advance(1_000);
    scheduler.release();
    clock.advance(QUIET_MS);
    expect(fits).toHaveLength(1);
  });
});

describe("[U35] the grid", () => {
  it("never goes below 40x10 nor beyond what devices accept", () => {
    expect(clampGrid({ cols: 12, rows: 3 })).toEqual({ cols: 40, rows: 10 });
    expect(clampGrid({ cols: 9_000, rows: 9_000 })).toEqual({ cols: 512, rows: 300 });
    expect(clampGrid({ cols: 101, rows: 37 })).toEqual({ cols: 101, rows: 37 });
  });
  it("an unmeasured host is not fitted", () => {
    expect(clampGrid(undefined)).toBeUndefined();
    expect(clampGrid({ cols: Number.NaN, rows: 20 })).toBeUndefined();
  });
});
