import { describe, expect, test } from "vitest";
import { ManualTime } from "#support/fake-timers.ts";
import { TelemetryClock } from "#workers/telemetry-clock.ts";

describe("the clock of telemetry", () => {
  test("[T15] its times and its timer do not notice that the time of day was set", () => {
    const time = new ManualTime();
    const clock = new TelemetryClock(time);
    const begun = clock.begin();
    let rung = 0;
    clock.ringAt(begun + 30_000, () => rung++);
    time.setMs = -3_600_000;
    time.advance(29_999);
    expect(rung).toBe(0);
    time.advance(1);
    expect([rung, clock.now()]).toEqual([1, begun + 30_000]);
  });

  test("[T15] a step back is told once, with how far the time of day is away now; small corrections are not", () => {
    const time = new ManualTime();
    const clock = new TelemetryClock(time);
    clock.begin();
    time.setMs = -900;
    expect(clock.moved()).toBeUndefined();
    time.setMs = -3_600_000;
    expect(clock.moved()).toEqual({ type: "clock", ahead: -3_600_000, jumped: 0, at: time.steady() });
    expect(clock.moved()).toBeUndefined();
    // A new collector begins with both clocks as one, and is told of what was before.
    clock.begin();
    expect(clock.moved()).toMatchObject({ ahead: -3_600_000, jumped: 0 });
  });

  test("[T15] the time of day goes ahead: a sleep, in which the other clock stood. An hour has passed", () => {
    const time = new ManualTime();
    const clock = new TelemetryClock(time);
    const begun = clock.begin();
    time.setMs = 3_600_000;
    expect(clock.now()).toBe(begun + 3_600_000);
    expect(clock.moved()).toEqual({ type: "clock", ahead: 0, jumped: 3_600_000, at: begun + 3_600_000 });
    expect(clock.moved()).toBeUndefined();
    // Set wrongly, and put right: times are told as they are, and nothing goes back.
    time.setMs = 0;
    expect(clock.moved()).toEqual({ type: "clock", ahead: -3_600_000, jumped: 0, at: begun + 3_600_000 });
    time.advance(1_000);
    expect(clock.now()).toBe(begun + 3_601_000);
    expect(time.now()).toBe(begun + 1_000);
  });

  test("a time that never comes, or a later one, replaces what was set", () => {
    const time = new ManualTime();
    const clock = new TelemetryClock(time);
    clock.ringAt(clock.now() + 10, () => expect.unreachable());
    clock.ringAt(Number.POSITIVE_INFINITY, () => expect.unreachable());
    time.advance(1_000);
    expect(time.pending).toBe(0);
  });
});
