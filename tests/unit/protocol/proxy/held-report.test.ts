import { describe, expect, test } from "vitest";
import { PAUSE_UNSENT_BYTES } from "#protocol/limits.ts";
import { HeldReport } from "#protocol/proxy/held-report.ts";

const KIB = 1024;
const held = (kib: number, paused = true) => ({ bytes: kib * KIB, paused });

describe("[U12] output held at the proxy is told", () => {
  test("from 64 KiB on, when it has waited for 250 ms", () => {
    const report = new HeldReport();
    expect(report.dueAt(PAUSE_UNSENT_BYTES - 1, 0)).toBeNull();
    expect(report.dueAt(PAUSE_UNSENT_BYTES, 10)).toBe(260);
    expect(report.take(held(64), 259)).toBeUndefined();
    expect(report.take(held(64), 260)).toEqual(held(64));
  });

  test("not when it was gone in between", () => {
    const report = new HeldReport();
    report.dueAt(80 * KIB, 0);
    expect(report.dueAt(2 * KIB, 100)).toBeNull();
    expect(report.dueAt(80 * KIB, 200)).toBe(450);
    expect(report.take(held(80), 250)).toBeUndefined();
  });

  test("at most once a second, and only when the figure is another", () => {
    const report = new HeldReport();
    report.dueAt(80 * KIB, 0);
    expect(report.take(held(80), 250)).toEqual(held(80));
    expect(report.take(held(90), 1_249)).toBeUndefined();
    expect(report.take(held(90), 1_250)).toEqual(held(90));
    expect(report.take(held(90), 2_250)).toBeUndefined();
    expect(report.dueAt(90 * KIB, 2_250)).toBe(3_250);
  });

  test("until it is over: below 64 KiB with the device running again", () => {
    const report = new HeldReport();
    report.dueAt(80 * KIB, 0);
    report.take(held(80), 250);
    expect(report.take(held(40), 1_250)).toEqual(held(40));
    expect(report.take(held(10, false), 2_000)).toBeUndefined();
    expect(report.take(held(10, false), 2_250)).toEqual(held(10, false));
    expect(report.dueAt(10 * KIB, 2_300)).toBeNull();
    expect(report.take(held(10, false), 9_000)).toBeUndefined();
    expect(report.dueAt(80 * KIB, 2_400)).toBe(3_250);
  });

  test("anew to a page that attached", () => {
    const report = new HeldReport();
    report.dueAt(80 * KIB, 0);
    report.take(held(80), 250);
    report.reset();
    expect(report.dueAt(80 * KIB, 300)).toBe(550);
    expect(report.take(held(80), 550)).toEqual(held(80));
  });
});
