import { describe, expect, test } from "vitest";
import {
  ACK_DELAY_MS,
  OUT_WINDOW_BYTES,
  OUT_WINDOW_HIDDEN_BYTES,
  OUT_WINDOW_MAX_BYTES,
  OUT_WINDOW_MIN_BYTES,
} from "#protocol/limits.ts";
import { OutputReceiver } from "#protocol/page/output-receiver.ts";
import { planTrim, WAL_MAX_BYTES, WAL_RECORD_BYTES, WalWriter } from "#protocol/page/wal.ts";
import { outputWindow, PAGE_TURN_MS } from "#protocol/page/window-size.ts";

const WINDOW = 1_000;

function receiver(): OutputReceiver {
  const output = new OutputReceiver(0, WINDOW);
  output.takeAck();
  return output;
}

describe("output at the page", () => {
  test("WP8: overlap is trimmed, repetition is nothing, a position beyond recv is an error", () => {
    const output = receiver();
    expect(output.onOut(0, new Uint8Array([1, 2, 3]))).toMatchObject({ ok: true, pos: 0 });
    expect(output.onOut(1, new Uint8Array([2, 3, 4]))).toEqual({ ok: true, pos: 3, bytes: new Uint8Array([4]) });
    expect(output.onOut(0, new Uint8Array([1, 2]))).toMatchObject({ ok: true, bytes: new Uint8Array() });
    expect(output.onOut(5, new Uint8Array([6]))).toEqual({ ok: false, reason: "beyond_recv" });
    expect(output.recv).toBe(4);
  });

  test("I4: a proxy that overruns its credit is refused", () => {
    const output = receiver();
    expect(output.onOut(0, new Uint8Array(WINDOW + 1))).toEqual({ ok: false, reason: "credit_overrun" });
    expect(output.onOut(0, new Uint8Array(WINDOW)).ok).toBe(true);
  });

  test("WP9: an ACK is due at a quarter of the window, 50 ms after an application, or when saved moved", () => {
    const output = receiver();
    output.onOut(0, new Uint8Array(WINDOW));
    expect(output.ackAt()).toBeNull();
    output.onApplied(10, 1_000);
    output.onApplied(10, 1_030);
    expect(output.ackAt()).toBe(1_000 + ACK_DELAY_MS);
    output.onApplied(WINDOW / 4 - 20, 1_031);
    expect(output.ackAt()).toBe(0);
    expect(output.takeAck()).toEqual({ pos: WINDOW / 4, limit: WINDOW / 4 + WINDOW, saved: 0 });
    expect(output.ackAt()).toBeNull();
    output.onSaved(100);
    expect(output.ackAt()).toBe(0);
    expect(output.takeAck().saved).toBe(100);
  });

  test("I8: storage may run ahead of the terminal, the report does not", () => {
    const output = receiver();
    output.onOut(0, new Uint8Array(100));
    output.onSaved(90);
    expect(output.saved).toBe(0);
    output.onApplied(50, 0);
    expect(output.saved).toBe(50);
    output.onApplied(500, 0);
    expect([output.saved, output.applied, output.recv]).toEqual([90, 100, 100]);
  });

  test("I1: an announced hole counts as applied when all before it is", () => {
    const output = receiver();
    output.onOut(0, new Uint8Array(100));
    output.onApplied(60, 0);
    output.skipTo(300);
    expect([output.recv, output.applied]).toEqual([300, 60]);
    output.onOut(300, new Uint8Array(5));
    output.onApplied(42, 0);
    expect(output.applied).toBe(302);
  });

  test("WP9: a limit that was told is never taken back, a larger window is told at once", () => {
    const output = receiver();
    output.setWindow(10);
    expect(output.takeAck().limit).toBe(WINDOW);
    output.setWindow(5_000);
    expect(output.ackAt()).toBe(0);
    expect(output.takeAck().limit).toBe(5_000);
  });

  test("WP9: the window follows rate and round trip, within its bounds, and shrinks while hidden", () => {
    const rate = { hidden: false, bytesPerSecond: 4_000_000, rttMs: 50 };
    const slow = { ...rate, bytesPerSecond: 1_000_000 };
    expect(outputWindow({ hidden: false, bytesPerSecond: null, rttMs: 5 })).toBe(OUT_WINDOW_BYTES);
    expect(outputWindow(rate)).toBe(8_000 * (50 + PAGE_TURN_MS));
    expect(outputWindow({ ...slow, rttMs: 1 })).toBe(OUT_WINDOW_MIN_BYTES);
    expect(outputWindow({ ...rate, rttMs: 5_000 })).toBe(OUT_WINDOW_MAX_BYTES);
    expect(outputWindow({ ...rate, hidden: true })).toBe(OUT_WINDOW_HIDDEN_BYTES);
  });
});

describe("log of a terminal", () => {
  test("WP29: it is written 250 ms after the first byte, at 64 KiB, or when asked for", () => {
    const log = new WalWriter(100);
    expect(log.dueAt()).toBeNull();
    log.push(100, new Uint8Array([1]), 1_000);
    log.push(101, new Uint8Array([2]), 1_100);
    expect(log.dueAt()).toBe(1_250);
    log.flush();
    expect(log.dueAt()).toBe(0);
    expect(log.plan()).toEqual({ records: [{ kind: "bytes", pos: 100, bytes: new Uint8Array([1, 2]) }], end: 102 });
    expect(log.dueAt()).toBeNull();
    log.push(102, new Uint8Array(64 * 1024), 2_000);
    expect(log.dueAt()).toBe(0);
  });

  test("WP29: records are contiguous, at most 60 KiB, with resize marks and gaps at their places", () => {
    const log = new WalWriter(0);
    log.push(0, new Uint8Array(100_000), 0);
    log.mark(100_000, 100, 30, 0);
    log.push(100_000, new Uint8Array(3), 0);
    log.gap(100_003, 200_000, 0);
    log.push(200_000, new Uint8Array(1), 0);
    const { records, end } = log.plan();
    const shape = records.map((record) => [record.kind, record.pos, record.kind === "bytes" ? record.bytes.length : 0]);
    expect(shape).toEqual([
      ["bytes", 0, WAL_RECORD_BYTES],
      ["bytes", WAL_RECORD_BYTES, 100_000 - WAL_RECORD_BYTES],
      ["size", 100_000, 0],
      ["bytes", 100_000, 3],
      ["gap", 100_003, 0],
      ["bytes", 200_000, 1],
    ]);
    expect(end).toBe(200_001);
    expect(() => log.push(5, new Uint8Array(1), 0)).toThrow(RangeError);
  });

  test("WP30: the oldest part goes at the first line start that leaves at most 8 MiB", () => {
    const starts = [10, 2_000, 5_000].map((pos) => ({ pos, modes: new Uint8Array() }));
    expect(planTrim({ start: 0, end: WAL_MAX_BYTES }, starts)).toBeNull();
    expect(planTrim({ start: 0, end: WAL_MAX_BYTES + 1_500 }, starts)?.pos).toBe(2_000);
    expect(planTrim({ start: 0, end: WAL_MAX_BYTES + 6_000 }, starts)).toBeNull();
  });
});
