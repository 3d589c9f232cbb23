import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { command, type Run, simulate, stateWith, T0, tiers } from "#support/planned-commands.ts";
import { plan, WINDOW_MS } from "#telemetry/plan/plan.ts";
import { runEnded, runStarted } from "#telemetry/plan/plan-events.ts";
import { type PlannedCommand, TIER_MS } from "#telemetry/plan/plan-state.ts";

/** What may happen to a device, second by second. */
type Fate = { cost: number; outcome: "ok" | "timeout" | "gated" | "error" };
const fate = fc.record({
  cost: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 5, max: 800 }) }, fc.integer({ min: 800, max: 12_000 })),
  outcome: fc.oneof(
    { weight: 8, arbitrary: fc.constant("ok" as const) },
    fc.constantFrom("timeout" as const, "gated" as const, "error" as const),
  ),
});
const anyTier = fc.constantFrom<PlannedCommand["tier"]>("A", "B", "C", "D", "E");

/** Runs a plan through throttling, hiding, pausing and wishes; gives every run. */
function live(load: PlannedCommand["tier"][], fates: Fate[], moods: number[], minutes: number): Run[] {
  const state = stateWith(
    load.map((tier, index) => command(`c${index}`, tier, { panels: [index % 3 === 0 ? "cpu" : "routing_table"] })),
    1,
  );
  const runs: Run[] = [];
  let now = T0;
  for (let steps = 0; now < T0 + minutes * 60_000 && steps < 5_000; steps++) {
    const mood = moods[Math.floor((now - T0) / 20_000) % Math.max(1, moods.length)] ?? 0;
    Object.assign(state, { throttled: mood === 1, hidden: mood === 2, paused: mood === 3, typingSlow: mood === 4 });
    const action = plan(state, now);
    expect(plan(state, now)).toEqual(action);
    if (!action || "ask" in action || "wait_until" in action) {
      if (action && "wait_until" in action) expect(action.wait_until).toBeGreaterThan(now);
      now = Math.min(action && "wait_until" in action ? action.wait_until : Number.POSITIVE_INFINITY, now + 5_000);
      continue;
    }
    const { cost, outcome } = fates[steps % fates.length] ?? { cost: 10, outcome: "ok" };
    runStarted(state, action.run, now);
    expect(plan(state, now + 1)).toBeUndefined();
    runs.push({ key: action.run, start: now, ms: cost });
    now += cost;
    runEnded(state, action.run, now, { outcome, ms: cost, echoMs: 0, bytes: 100 });
  }
  return runs;
}

describe("the plan under any load, mood and fate", () => {
  const SEED = 4_417;
  const args = [
    fc.array(anyTier, { minLength: 1, maxLength: 12 }),
    fc.array(fate, { minLength: 1, maxLength: 30 }),
    fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 12 }),
  ] as const;

  test("[T3] [T56] one in flight, never above the rate, the same command never twice within its rest", () => {
    fc.assert(
      fc.property(...args, (load, fates, moods) => {
        const runs = live(load, fates, moods, 12);
        for (const [index, each] of runs.entries()) {
          const before = runs[index - 1];
          if (before) expect(each.start).toBeGreaterThanOrEqual(before.start + before.ms);
          const third = runs[index - 2];
          if (third) expect(each.start - third.start).toBeGreaterThanOrEqual(999);
          const same = runs.slice(0, index).findLast(({ key }) => key === each.key);
          if (same) expect(each.start - same.start).toBeGreaterThanOrEqual(2_000);
        }
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  test("[T53] the share of any minute stays under its cap, but for what one run of unknown cost adds", () => {
    fc.assert(
      fc.property(...args, (load, fates, moods) => {
        const runs = live(load, fates, moods, 12);
        for (const { start } of runs.filter((each) => each.start > T0 + 2 * WINDOW_MS)) {
          const window = runs.filter((each) => each.start < start && each.start + each.ms > start - WINDOW_MS);
          const used = window.reduce((sum, each) => sum + each.ms - Math.max(0, start - WINDOW_MS - each.start), 0);
          // Nothing begins while the minute before it is full.
          expect(used).toBeLessThanOrEqual(0.1 * WINDOW_MS);
        }
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  test("[T51] [T10] the same load, moods and fates give the same runs", () => {
    fc.assert(
      fc.property(...args, (load, fates, moods) => {
        expect(live(load, fates, moods, 5)).toEqual(live(load, fates, moods, 5));
      }),
      { seed: SEED, numRuns: 20 },
    );
  });

  test("[T54] with pinned ports nothing starves either, while the cap is not reached", () => {
    fc.assert(
      fc.property(fc.array(tiers, { minLength: 1, maxLength: 8 }), (load) => {
        const state = stateWith([
          ...load.map((tier, index) => command(`c${index}`, tier)),
          ...["e0", "e1", "e2", "e3"].map((key) => command(key, "E")),
        ]);
        const end = T0 + 15 * 60_000;
        const runs = simulate(state, end, () => 60);
        for (const [index, tier] of load.entries()) {
          const starts = [T0, ...runs.filter(({ key }) => key === `c${index}`).map(({ start }) => start), end];
          const longest = Math.max(...starts.slice(1).map((at, i) => at - (starts[i] ?? 0)));
          expect(longest).toBeLessThanOrEqual(3 * TIER_MS[tier]);
        }
      }),
      { seed: SEED, numRuns: 30 },
    );
  });

  test("[T54] pinned ports that use the whole share leave some of it to what waits for three intervals", () => {
    const state = stateWith([command("d", "D"), ...["e0", "e1", "e2", "e3"].map((key) => command(key, "E"))]);
    const runs = simulate(state, T0 + 20 * 60_000, (key) => (key === "d" ? 50 : 450));
    const starts = runs.filter(({ key }) => key === "d").map(({ start }) => start);
    for (const [index, at] of starts.entries())
      if (index > 0) expect(at - (starts[index - 1] ?? 0)).toBeLessThanOrEqual(95_000);
    expect(starts.length).toBeGreaterThan(12);
  });
});
