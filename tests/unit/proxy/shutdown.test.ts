import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SIGINT_EXIT_MS } from "#protocol/limits.ts";
import { leaveOnSignals } from "#proxy/shutdown.ts";

const DRAIN_S = 600;

function setUp(close: () => Promise<void> = async () => {}) {
  const source = new EventEmitter();
  const state = { idle: false };
  const drained: number[] = [];
  const exits: number[] = [];
  const log = vi.fn();
  const closed = vi.fn(close);
  const proxy = { drain: (deadline_s: number) => void drained.push(deadline_s), idle: () => state.idle, close: closed };
  leaveOnSignals(proxy, DRAIN_S, log, (code) => void exits.push(code), source);
  return { source, state, drained, exits, log, closed };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
});

describe("[WP36] leaving", () => {
  test("SIGINT tells pages and exits within 2 s, whatever runs", async () => {
    const { source, drained, exits, closed } = setUp();
    source.emit("SIGINT");
    expect(drained).toEqual([0]);
    await vi.advanceTimersByTimeAsync(SIGINT_EXIT_MS);
    expect([closed.mock.calls.length, exits]).toEqual([1, [0]]);
  });

  test("SIGINT exits within 2 s also when closing hangs or fails", async () => {
    const hanging = setUp(() => new Promise(() => {}));
    hanging.source.emit("SIGINT");
    await vi.advanceTimersByTimeAsync(SIGINT_EXIT_MS);
    expect(hanging.exits).toEqual([0]);
    const failing = setUp(() => Promise.reject(new Error("disk")));
    failing.source.emit("SIGINT");
    await vi.advanceTimersByTimeAsync(SIGINT_EXIT_MS);
    expect(failing.exits).toEqual([0]);
    expect(failing.log).toHaveBeenCalledWith("error", "close.failed", expect.anything());
  });

  test("SIGTERM waits for the last session, and no longer than the drain", async () => {
    const ended = setUp();
    ended.source.emit("SIGTERM");
    expect(ended.drained).toEqual([DRAIN_S]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ended.exits).toEqual([]);
    ended.state.idle = true;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ended.exits).toEqual([0]);
    const over = setUp();
    over.source.emit("SIGTERM");
    await vi.advanceTimersByTimeAsync(DRAIN_S * 1_000 - 1);
    expect(over.exits).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(over.exits).toEqual([0]);
  });

  test.each([
    ["SIGTERM", "SIGTERM"],
    ["SIGTERM", "SIGINT"],
    ["SIGINT", "SIGINT"],
    ["SIGINT", "SIGTERM"],
  ])("%s, then %s exits at once", (first, second) => {
    const { source, exits, drained } = setUp();
    source.emit(first);
    expect(exits).toEqual([]);
    source.emit(second);
    expect(exits).toEqual([130]);
    expect(drained).toHaveLength(1);
  });

  test("[S27] a fault leaves without a drain and exits with 1, a second one at once", async () => {
    for (const kind of ["uncaughtException", "unhandledRejection"]) {
      const { source, exits, drained, log } = setUp();
      source.emit(kind, new Error("boom"));
      expect(drained).toEqual([0]);
      expect(log.mock.calls[0]?.[2]).toMatchObject({ error: expect.stringContaining("boom") });
      await vi.advanceTimersByTimeAsync(SIGINT_EXIT_MS);
      expect(exits).toEqual([1]);
      const twice = setUp();
      twice.source.emit(kind, new Error("one"));
      twice.source.emit(kind, "two");
      expect(twice.exits).toEqual([1]);
    }
  });
});
