import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Deriver, type SampleContext } from "#telemetry/collector/derive.ts";
import type { IfCountersRow } from "#telemetry/knowledge/panel-data.ts";
import { type RateLimits, RateTracker } from "#telemetry/model/rates.ts";

const SPEED = 10_000_000_000;
const INTERVAL_MS = 30_000;
const MAX_BPS = 8_000_000_000;
const SEED = 7_310;

/** What may happen between two answers about a port. */
type Step = {
  /** Time since the last answer, milliseconds; below 0 the clock was set back. */
  dt: number;
  /** Octets per second that really came in. */
  load: number;
  what: "nothing" | "reload" | "clear" | "vanish" | "resume" | "late" | "reconnect";
  /** Order of the rows. */
  swap: boolean;
};

const step: fc.Arbitrary<Step> = fc.record({
  dt: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1_000, max: 60_000 }) },
    fc.constantFrom(0, 1, 499, 500, 89_999, 90_001, 3_600_000, -1, -5_000, -86_400_000),
  ),
  load: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: MAX_BPS / 8 })),
  what: fc.oneof(
    { weight: 6, arbitrary: fc.constant("nothing" as const) },
    fc.constantFrom<Step["what"]>("reload", "clear", "vanish", "resume", "late", "reconnect"),
  ),
  swap: fc.boolean(),
});

/** `exact`: nothing broke the series, so that a rate must be all of the truth. */
type Seen = { rate: number | undefined; truth: number | undefined; exact: boolean };

/** A port whose true traffic is known, read through the deriver; `bits` is how wide the box counts. */
function watch(steps: readonly Step[], start: bigint, bits: 32 | 64): Seen[] {
  const deriver = new Deriver();
  const seen: Seen[] = [];
  const modulus = 2n ** BigInt(bits);
  let [at, octets, cleared] = [1_700_000_000_000, start % modulus, 0];
  let last: { at: number; total: bigint } | undefined;
  let shown = { octets: 0n, cleared: 0 };
  let [total, isBlurred] = [0n, false];
  for (const { dt, load, what, swap } of steps) {
    const grown = BigInt(Math.floor((load * Math.max(0, dt)) / 1000));
    at += dt;
    cleared += Math.max(0, dt) / 1000;
    total += grown;
    octets = (octets + grown) % modulus;
    if (what === "reload" || what === "clear") octets = grown % 1_000n;
    if (what === "clear") cleared = 0;
    if (what === "reload" || what === "resume" || what === "reconnect") deriver.reset();
    const port: IfCountersRow = { name: "a", in_octets: octets.toString(), last_cleared_s: Math.floor(cleared) };
    const other: IfCountersRow = { name: "b", in_octets: "77" };
    const rows = what === "vanish" ? [other] : swap ? [other, port] : [port, other];
    const context: SampleContext = {
      ts: at,
      late: what === "late",
      intervalMs: INTERVAL_MS,
      speeds: new Map([["a", SPEED]]),
      counterBits: bits,
      pinned: false,
    };
    const out = deriver.derive({ ifcounters: { rows, row_count: rows.length } }, context).ifcounters?.rows ?? [];
    const rate = out.find(({ name }) => name === "a")?.in_bps;
    for (const each of out.filter(({ name }) => name === "b")) expect(each.in_bps ?? 0).toBe(0);
    const truth = last && at > last.at ? (Number(total - last.total) * 8_000) / (at - last.at) : undefined;
    seen.push({ rate, truth, exact: bits === 64 && what === "nothing" && !isBlurred });
    const anew = what === "reload" || what === "resume" || what === "reconnect";
    // A clear that no figure of the box tells of takes from the rate what was counted before it.
    const isFall = (at > (last?.at ?? at) && octets < shown.octets) || Math.floor(cleared) < shown.cleared;
    const isBase = !last || at < last.at || at - last.at >= 500 || anew || isFall;
    isBlurred = !isBase && (isBlurred || what === "clear");
    if (what === "vanish" || what === "late") last = undefined;
    else if (isBase) last = { at, total };
    if (isBase || at > (last?.at ?? at)) shown = { octets, cleared: Math.floor(cleared) };
  }
  return seen;
}

describe("[T15] [T16] [T17] a port whose real traffic is known", () => {
  const starts = fc.constantFrom(
    0n,
    5n,
    2n ** 32n - 10_000n,
    2n ** 32n + 1n,
    2n ** 53n,
    2n ** 63n,
    2n ** 64n - 2_000_000n,
  );

  test.each([64, 32] as const)("a rate is the truth or is not there, on %s-bit counters", (bits) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 25 }), starts, (steps, start) => {
        for (const { rate, truth, exact } of watch(steps, start, bits)) {
          if (rate === undefined) continue;
          expect(rate).toBeGreaterThanOrEqual(0);
          expect(truth).toBeDefined();
          // A 32-bit counter that passes zero twice looks like less, and so does one that was cleared at zero: never like more.
          const low = exact ? (truth ?? 0) * 0.999_999 - 2 : 0;
          expect(rate).toBeGreaterThanOrEqual(low);
          expect(rate).toBeLessThanOrEqual((truth ?? 0) * 1.000_001 + 2);
        }
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });

  test("a calm series loses nothing: every answer but the first has its rate", () => {
    const steps: Step[] = Array.from({ length: 20 }, (_each, index) => ({
      dt: INTERVAL_MS,
      load: index * 1_000_000,
      what: "nothing",
      swap: index % 2 === 0,
    }));
    const seen = watch(steps, 2n ** 63n, 64);
    expect(seen.slice(1).every(({ rate }) => rate !== undefined)).toBe(true);
  });

  test("what breaks the series gives a gap at once, and a rate again with the next answer", () => {
    for (const what of ["reload", "clear", "vanish", "resume", "late", "reconnect"] as const) {
      const at = (kind: Step["what"]): Step => ({ dt: INTERVAL_MS, load: 1_000, what: kind, swap: false });
      const rates = watch([at("nothing"), at("nothing"), at(what), at("nothing"), at("nothing")], 1_000_000n, 64).map(
        ({ rate }) => rate !== undefined,
      );
      expect([what, rates[1], rates[2], rates[4]]).toEqual([what, true, false, true]);
    }
  });
});

describe("[T18] boxes that refresh their counters every few seconds", () => {
  const limits: RateLimits = { speedBps: 1_000_000_000, maxDtMs: 15_000, octets: ["in_octets"], refreshMs: 10_000 };

  test("steady traffic reads steady, however the polls fall between the refreshes", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9_999 }),
        fc.integer({ min: 3_000, max: 10_000 }),
        fc.integer({ min: 2_000, max: 9_000 }),
        (phase, refresh, poll) => {
          const tracker = new RateTracker();
          const bps = 8_000_000;
          const rates: number[] = [];
          for (let at = 0; at < 240_000; at += poll) {
            // What the box shows is what it had counted at its last refresh.
            const counted = Math.floor((at + phase) / refresh) * refresh;
            const counters = new Map([["in_octets", BigInt((counted * bps) / 8_000)]]);
            const rate = tracker.sample("x", { at, counters }, limits).rates.get("in_octets");
            if (rate !== undefined) rates.push(rate);
          }
          expect(rates.length).toBeGreaterThan(5);
          // One refresh more or less in a span of at least one: never none, never three for one.
          for (const rate of rates) expect(rate > 0 && rate <= 2.01 * bps).toBe(true);
          const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
          expect(mean / bps).toBeGreaterThan(0.7);
          expect(mean / bps).toBeLessThan(1.4);
        },
      ),
      { seed: SEED, numRuns: 200 },
    );
  });

  test("without the figure of the pack the same box reads 0 and double", () => {
    const tracker = new RateTracker();
    const rates = [0, 5_000, 10_000, 15_000, 20_000].map((at) => {
      const counters = new Map([["in_octets", BigInt(Math.floor(at / 10_000) * 10_000)]]);
      const { refreshMs: _, ...plain } = limits;
      return tracker.sample("x", { at, counters }, plain).rates.get("in_octets");
    });
    expect(rates).toEqual([undefined, 0, 16_000, 0, 16_000]);
  });

  test("between two refreshes the last rate stands; a port that fell silent is believed after six samples", () => {
    const tracker = new RateTracker();
    const take = (at: number, octets: bigint): ReturnType<RateTracker["sample"]> =>
      tracker.sample("x", { at, counters: new Map([["in_octets", octets]]) }, limits);
    expect(take(0, 0n).gap).toBe("first");
    expect(take(5_000, 0n)).toEqual({ rates: new Map(), gap: "cached" });
    expect(take(10_000, 10_000n).rates.get("in_octets")).toBe(8_000);
    expect(take(15_000, 10_000n)).toEqual({ rates: new Map([["in_octets", 8_000]]), held: true });
    const silent = [20_000, 30_000, 40_000, 50_000, 60_000, 70_000, 80_000].map((at) => take(at, 10_000n));
    expect(silent.map(({ held }) => held)).toEqual([true, true, true, true, true, true, undefined]);
    expect(silent.at(-1)?.rates.get("in_octets")).toBe(0);
    // A fall is a reset at once.
    expect(take(85_000, 3n).gap).toBe("reset");
  });
});
