import { describe, expect, it } from "vitest";
import { LONG_PRESS_MS, TouchGestures } from "#terminal/touch-gestures.ts";
import { FakeClock } from "./fake-clock.ts";

const FRAME_MS = 16;

function make() {
  const clock = new FakeClock();
  const log: string[] = [];
  let scrolled = 0;
  const gestures = new TouchGestures(
    {
      scroll: (pixels) => (scrolled += pixels),
      selectWord: (x, y) => log.push(`word ${x},${y}`),
      extendSelection: (x, y) => log.push(`extend ${x},${y}`),
      pinch: (scale, done) => log.push(`pinch ${scale.toFixed(2)}${done ? " done" : ""}`),
    },
    { schedule: clock.schedule, frame: (run) => clock.schedule(FRAME_MS, () => run(clock.now())) },
  );
  return { clock, log, gestures, scrolled: () => scrolled };
}

describe("section 7: fingers on the terminal", () => {
  it("one finger scrolls by as much as it moves", () => {
    const { gestures, scrolled } = make();
    gestures.down(1, 50, 100, 0);
    gestures.move(1, 50, 130, 20);
    gestures.move(1, 50, 160, 40);
    expect(scrolled()).toBe(60);
  });
  it("a finger that hardly moves neither scrolls nor selects", () => {
    const { clock, gestures, scrolled, log } = make();
    gestures.down(1, 50, 100, 0);
    gestures.move(1, 53, 104, 20);
    gestures.up(1, 40, false);
    clock.advance(5_000);
    expect(scrolled()).toBe(0);
    expect(log).toEqual([]);
  });
  it("a fling coasts and comes to rest", () => {
    const { clock, gestures, scrolled } = make();
    gestures.down(1, 0, 0, 0);
    for (let t = 10; t <= 50; t += 10) gestures.move(1, 0, t * 2, t);
    clock.advance(50);
    gestures.up(1, 50, false);
    const before = scrolled();
    clock.advance(10_000);
    expect(scrolled()).toBeGreaterThan(before + 50);
    expect(clock.pending).toBe(0);
  });
  it("a new finger stops the coasting", () => {
    const { clock, gestures, scrolled } = make();
    gestures.down(1, 0, 0, 0);
    for (let t = 10; t <= 50; t += 10) gestures.move(1, 0, t * 2, t);
    gestures.up(1, 50, false);
    gestures.down(2, 0, 0, 60);
    gestures.up(2, 61, false);
    const before = scrolled();
    clock.advance(10_000);
    expect(scrolled()).toBe(before);
  });
  it("held for 500 ms it selects the word, then extends by moving", () => {
    const { clock, gestures, log, scrolled } = make();
    gestures.down(1, 50, 100, 0);
    clock.advance(LONG_PRESS_MS);
    gestures.move(1, 90, 140, 600);
    gestures.up(1, 620, false);
    expect(log).toEqual(["word 50,100", "extend 90,140"]);
    expect(scrolled()).toBe(0);
  });
  it("[U36] two fingers pinch, with one end", () => {
    const { gestures, log } = make();
    gestures.down(1, 0, 0, 0);
    gestures.down(2, 100, 0, 5);
    gestures.move(2, 150, 0, 20);
    gestures.up(2, 40, false);
    gestures.up(1, 45, false);
    expect(log).toEqual(["pinch 1.50", "pinch 1.50 done"]);
  });
});
