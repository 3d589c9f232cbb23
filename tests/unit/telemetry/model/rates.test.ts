import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type RateLimits, RateTracker } from "#telemetry/model/rates.ts";

const GIG = 1e9;
const limits = (speedBps?: number, counterBits: 32 | 64 = 32): RateLimits => {
  return { speedBps, counterBits, maxDtMs: 90_000, octets: ["in_octets"] };
};
const octets = (value: bigint): Map<string, bigint> => new Map([["in_octets", value]]);

/** Samples of one counter, one after the other; `more`: other limits than those of a gigabit port with 32-bit counters. */
function series(more: Partial<RateLimits> = {}) {
  const tracker = new RateTracker();
  return (at: number, value: bigint) =>
    tracker.sample("x", { at, counters: octets(value) }, { ...limits(GIG), ...more });
}

function twice(first: bigint, second: bigint, dt: number, speedBps?: number): ReturnType<RateTracker["sample"]> {
  const take = series({ speedBps });
  take(0, first);
  return take(dt, second);
}

describe("[T15]-[T17] rates", () => {
  test("two samples of the same counter, by receive time", () => {
    expect(twice(1_000n, 2_000n, 1_000, GIG)).toEqual({ rates: new Map([["in_octets", 8_000]]) });
  });

  test("the first sample gives none", () => {
    expect(new RateTracker().sample("x", { at: 0, counters: octets(5n) }, limits()).gap).toBe("first");
  });

  test("counters near 2^64 keep their difference exact", () => {
    expect(twice(2n ** 64n - 1_001n, 2n ** 64n - 1n, 1_000, GIG).rates.get("in_octets")).toBe(8_000);
  });

  test("a 32-bit wrap is one when the growth fits the port", () => {
    expect(twice(2n ** 32n - 500n, 500n, 1_000, GIG).rates.get("in_octets")).toBe(8_000);
  });

  test.each([
    ["a reset, when the wrapped growth would not fit", twice(1_000_000n, 5n, 1_000, GIG).gap, "reset"],
    ["no speed known, so no wrap is plausible", twice(2n ** 32n - 500n, 500n, 1_000).gap, "reset"],
    ["the counter was seen above 2^32 before", twice(2n ** 32n + 500n, 5n, 1_000, GIG).gap, "reset"],
    ["2^64 wrapping is a reset", twice(2n ** 64n - 1n, 5n, 1_000, GIG).gap, "reset"],
    ["faster than the port", twice(0n, 2_000_000_000n, 1_000, GIG).gap, "speed"],
    ["too long ago", twice(0n, 10n, 90_001, GIG).gap, "interval"],
    ["the clock went back", twice(0n, 10n, -1, GIG).gap, "interval"],
    ["no time passed", twice(0n, 10n, 0, GIG).gap, "too_soon"],
    ["half a second is the least", twice(0n, 10n, 499, GIG).gap, "too_soon"],
  ])("[T16] a gap: %s", (_why, gap, expected) => {
    expect(gap).toBe(expected);
  });

  test("[T16] counters that began anew between two samples that are too close are not measured across", () => {
    const take = series();
    take(0, 1_000n);
    expect(take(100, 0n).gap).toBe("reset");
    // Grown back to where it stood: against the first sample that would read as silence.
    expect(take(1_100, 1_000n).rates.get("in_octets")).toBe(8_000);
    // Nor where the fall does not reach below the sample that a rate would be measured from.
    expect([take(1_200, 5_000n).gap, take(1_300, 2_000n).gap]).toEqual(["too_soon", "reset"]);
    expect(take(2_300, 2_500n).rates.get("in_octets")).toBe(4_000);
  });

  test("[T16] a name that one answer has twice is no reset: its second row counts for nothing", () => {
    const take = series();
    take(0, 100_000_000n);
    expect(take(0, 1_000_000n).gap).toBe("too_soon");
    expect(take(1_000, 100_000_100n).rates.get("in_octets")).toBe(800);
    // Nor where the first row came too soon, or stands between two refreshes of the box.
    expect([take(1_100, 100_000_200n).gap, take(1_100, 5n).gap]).toEqual(["too_soon", "too_soon"]);
    expect(take(2_000, 100_000_200n).rates.get("in_octets")).toBe(800);
    const cached = series({ refreshMs: 10_000 });
    cached(0, 1_000n);
    expect([cached(5_000, 1_000n).gap, cached(5_000, 5n).gap]).toEqual(["cached", "too_soon"]);
    expect(cached(10_000, 11_000n).rates.get("in_octets")).toBe(8_000);
  });

  test("[T17] of a counter of 64 bits a fall is a reset, wherever it stood; so it is where nobody says how wide it is", () => {
    for (const counterBits of [64, undefined] as const) {
      for (const first of [2n ** 31n + 1n, 2n ** 32n - 500n, 2n ** 32n - 1n]) {
        const tracker = new RateTracker();
        const of = { ...limits(GIG), counterBits };
        tracker.sample("x", { at: 0, counters: octets(first) }, of);
        expect(tracker.sample("x", { at: 1_000, counters: octets(500n) }, of)).toEqual({
          rates: new Map(),
          gap: "reset",
        });
      }
    }
  });

  test("[T17] property: 64 bits, resets at any moment that nobody tells of: the truth or a gap, never a spike", () => {
    const step = fc.record({
      grown: fc.bigInt({ min: 0n, max: 10n ** 9n }),
      reset: fc.integer({ min: 0, max: 4 }).map((dice) => dice === 0),
      after: fc.bigInt({ min: 0n, max: 1_000n }),
    });
    const start = fc.oneof(
      fc.bigInt({ min: 2n ** 31n, max: 2n ** 32n }),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 10n ** 11n }),
    );
    fc.assert(
      fc.property(start, fc.array(step, { minLength: 2, maxLength: 20 }), (first, steps) => {
        const tracker = new RateTracker();
        let value = first;
        tracker.sample("x", { at: 0, counters: octets(value) }, limits(10 * GIG, 64));
        for (const [index, { grown, reset, after }] of steps.entries()) {
          const before = value;
          value = reset ? after : value + grown;
          const { rates } = tracker.sample(
            "x",
            { at: (index + 1) * 1_000, counters: octets(value) },
            limits(10 * GIG, 64),
          );
          const rate = rates.get("in_octets");
          if (rate !== undefined) expect(rate).toBe(Number(value - before) * 8);
          if (reset && after < before) expect(rate).toBeUndefined();
          else expect(rate).toBeDefined();
        }
      }),
    );
  });

  test("[T16] a reconnect, a vanished row and a cleared counter start anew", () => {
    const tracker = new RateTracker();
    const sample = (at: number): string | undefined =>
      tracker.sample("x", { at, counters: octets(BigInt(at)) }, limits(GIG)).gap;
    sample(0);
    expect(sample(1_000)).toBeUndefined();
    tracker.reset();
    expect([sample(2_000), sample(3_000)]).toEqual(["epoch", undefined]);
    tracker.keepOnly(new Set(["other"]));
    expect(sample(4_000)).toBe("first");
    tracker.forget("x");
    expect(sample(5_000)).toBe("first");
  });

  test("never negative, never above the port, whatever the device counts", () => {
    const value = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.bigInt({ min: 2n ** 32n - 2_000n, max: 2n ** 32n + 2_000n }),
      fc.bigInt({ min: 0n, max: 5_000n }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, fc.integer({ min: -2_000, max: 100_000 })), { minLength: 2, maxLength: 20 }),
        (samples) => {
          const tracker = new RateTracker();
          let at = 0;
          for (const [counter, dt] of samples) {
            at += dt;
            const { rates, gap } = tracker.sample("x", { at, counters: octets(counter) }, limits(GIG));
            const rate = rates.get("in_octets");
            expect(rate === undefined).toBe(gap !== undefined);
            if (rate !== undefined) expect(rate >= 0 && rate <= 1.1 * GIG).toBe(true);
          }
        },
      ),
    );
  });
});
