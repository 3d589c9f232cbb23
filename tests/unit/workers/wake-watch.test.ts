import { describe, expect, test, vi } from "vitest";
import { CLOCK_JUMP_MS } from "#protocol/limits.ts";
import { ManualTime } from "#support/fake-timers.ts";
import { WakeWatch } from "#workers/wake-watch.ts";

function setUp() {
  const time = new ManualTime();
  const woke = vi.fn();
  const watch = new WakeWatch(time, woke);
  watch.start();
  return { time, woke, watch };
}

describe("[section 11] a machine that slept with the page in view", () => {
  test("is a wake, once, when the timer rings more than 3 s late", () => {
    const { time, woke } = setUp();
    time.advance(60_000);
    expect(woke).not.toHaveBeenCalled();
    time.sleep(1_000 + CLOCK_JUMP_MS + 1);
    time.advance(0);
    expect(woke).toHaveBeenCalledOnce();
    time.advance(60_000);
    expect(woke).toHaveBeenCalledOnce();
  });

  test("is none when it is 3 s late or less: the page was busy", () => {
    const { time, woke } = setUp();
    time.sleep(1_000 + CLOCK_JUMP_MS);
    time.advance(0);
    expect(woke).not.toHaveBeenCalled();
  });

  test("a clock that was set back is a wake too, when the timer rings", () => {
    const real = new ManualTime();
    let off = 0;
    const woke = vi.fn();
    const { setTimeout, clearTimeout } = real;
    new WakeWatch({ now: () => real.now() + off, setTimeout, clearTimeout }, woke).start();
    off = -3_600_000;
    real.advance(1_000);
    expect(woke).toHaveBeenCalledOnce();
    real.advance(10_000);
    expect(woke).toHaveBeenCalledOnce();
  });

  test("watches no longer once it is stopped", () => {
    const { time, woke, watch } = setUp();
    watch.stop();
    expect(time.pending).toBe(0);
    time.advance(60_000);
    expect(woke).not.toHaveBeenCalled();
  });
});
