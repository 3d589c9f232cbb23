import { describe, expect, test, vi } from "vitest";
import { ManualTime } from "#support/fake-timers.ts";
import { LaterCode, PREFETCH_MS } from "#workers/later-code.ts";

function setUp() {
  const time = new ManualTime();
  const engine = vi.fn(() => Promise.resolve());
  const desks = vi.fn(() => Promise.reject(new Error("not reachable")));
  return { time, engine, desks, later: new LaterCode(time, [engine, desks]) };
}

describe("code that the first screen does without", () => {
  test("comes by itself when the first screen has long been shown", () => {
    const { time, engine, desks, later } = setUp();
    later.start();
    time.advance(PREFETCH_MS - 1);
    expect(engine).not.toHaveBeenCalled();
    time.advance(1);
    expect(engine).toHaveBeenCalledOnce();
    expect(desks).toHaveBeenCalledOnce();
  });

  test("comes at once when a device is opened, and only once", () => {
    const { time, engine, later } = setUp();
    later.start();
    later.need();
    later.need();
    time.advance(PREFETCH_MS);
    later.start();
    time.advance(PREFETCH_MS);
    expect(engine).toHaveBeenCalledOnce();
  });

  test("a worker that was stopped loads nothing any more", () => {
    const { time, engine, later } = setUp();
    later.start();
    later.stop();
    time.advance(PREFETCH_MS);
    expect(engine).not.toHaveBeenCalled();
  });
});
