import { describe, expect, it } from "vitest";
import { KeyRepeat, REPEAT_DELAY_MS, REPEAT_PERIOD_MS } from "#terminal/key-repeat.ts";
import { FakeClock } from "./fake-clock.ts";

const make = () => {
  const clock = new FakeClock();
  const link = { ok: true };
  let presses = 0;
  const repeat = new KeyRepeat({ schedule: clock.schedule, mayRepeat: () => link.ok });
  return { clock, link, repeat, press: () => presses++, count: () => presses };
};

describe("[U19] repeat of bar keys", () => {
  it("presses at once, again after 350 ms, then every 60 ms", () => {
    const { clock, repeat, press, count } = make();
    repeat.hold(press, true);
    expect(count()).toBe(1);
    clock.advance(REPEAT_DELAY_MS - 1);
    expect(count()).toBe(1);
    clock.advance(1);
    expect(count()).toBe(2);
    clock.advance(REPEAT_PERIOD_MS * 3);
    expect(count()).toBe(5);
  });
  it("stops on release", () => {
    const { clock, repeat, press, count } = make();
    repeat.hold(press, true);
    clock.advance(REPEAT_DELAY_MS);
    repeat.release();
    clock.advance(10_000);
    expect(count()).toBe(2);
  });
  it("a key that does not repeat is pressed once however long it is held", () => {
    const { clock, repeat, press, count } = make();
    repeat.hold(press, false);
    clock.advance(10_000);
    expect(count()).toBe(1);
  });
  it("stops on a lost link and stays stopped", () => {
    const { clock, link, repeat, press, count } = make();
    repeat.hold(press, true);
    link.ok = false;
    clock.advance(REPEAT_DELAY_MS);
    link.ok = true;
    clock.advance(10_000);
    expect(count()).toBe(1);
  });
});
