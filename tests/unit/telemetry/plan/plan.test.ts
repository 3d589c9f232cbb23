import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dutyCap, plan, usedMs, WINDOW_MS } from "#telemetry/plan/plan.ts";
import { runEnded, runStarted, ticksSeen } from "#telemetry/plan/plan-events.ts";
import { newPlanState, type PlannedCommand, type PlanState, TIER_MS } from "#telemetry/plan/plan-state.ts";

const T0 = 1_700_000_000_000;

function command(key: string, tier: PlannedCommand["tier"], more: Partial<PlannedCommand> = {}): PlannedCommand {
  return {
    key,
    tier,
    panels: ["routing_table"],
    subscribed: true,
    wanted: false,
    next_due: T0,
    hangs: 0,
    ok: 0,
    errors: 0,
    timeouts: 0,
    bytes: 0,
    ...more,
  };
}

function stateWith(commands: PlannedCommand[], rate = 4): PlanState {
  const state = { ...newPlanState("normal", T0), commands };
  state.bucket = { tokens: 2, at: T0, rate_per_s: rate, burst: 2 };
  return state;
}

type Run = { key: string; start: number; ms: number };

/** Runs the plan on a simulated clock; each command takes what `cost` says. */
function simulate(
  state: PlanState,
  until: number,
  cost: (key: string) => number,
  outcome: "ok" | "timeout" = "ok",
): Run[] {
  const runs: Run[] = [];
  let now = T0;
  for (let steps = 0; now < until && steps < 20_000; steps++) {
    const action = plan(state, now);
    expect(plan(state, now)).toEqual(action);
    if (!action || "ask" in action) break;
    if ("wait_until" in action) {
      expect(action.wait_until).toBeGreaterThan(now);
      now = action.wait_until;
      continue;
    }
    runStarted(state, action.run, now);
    expect(plan(state, now)).toBeUndefined();
    const ms = cost(action.run);
    runs.push({ key: action.run, start: now, ms });
    now += ms;
    runEnded(state, action.run, now, { outcome, ms, echoMs: 0, bytes: 100 });
  }
  return runs;
}

const tiers = fc.constantFrom("A" as const, "B" as const, "C" as const, "D" as const);
const costs = fc.integer({ min: 1, max: 4_000 });
const workload = fc.array(fc.tuple(tiers, costs), { minLength: 1, maxLength: 14 });

describe("the plan", () => {
  test("[T53] commands use at most a tenth of every minute after the first", () => {
    fc.assert(
      fc.property(workload, (load) => {
        const state = stateWith(load.map(([tier], index) => command(`c${index}`, tier)));
        const ms = new Map(load.map(([, cost], index) => [`c${index}`, cost]));
        const runs = simulate(state, T0 + 15 * 60_000, (key) => ms.get(key) ?? 0);
        const firsts = new Set(load.map((_each, index) => runs.find((run) => run.key === `c${index}`)));
        for (const run of runs.filter(({ start }) => start > T0 + 2 * WINDOW_MS)) {
          const end = run.start + run.ms;
          const inside = runs.filter((other) => other.start < end && other.start + other.ms > end - WINDOW_MS);
          // A first run has only an assumed cost, and one run alone may be longer than the cap.
          if (inside.length < 2 || inside.some((other) => firsts.has(other))) continue;
          const used = inside.reduce(
            (sum, { start, ms: took }) => sum + Math.min(end, start + took) - Math.max(end - WINDOW_MS, start),
            0,
          );
          const before = usedMs({ ...state, runs: inside.filter((other) => other !== run) }, run.start);
          if (before > 0) expect(used).toBeLessThanOrEqual(0.1 * WINDOW_MS + 2);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("[T56] the rate limiter: a burst of two, then so many a second", () => {
    const state = stateWith(
      Array.from({ length: 20 }, (_, index) => command(`c${index}`, "D")),
      1,
    );
    const runs = simulate(state, T0 + 19_000, () => 1);
    for (let i = 2; i < runs.length; i++)
      expect((runs[i]?.start ?? 0) - (runs[i - 2]?.start ?? 0)).toBeGreaterThanOrEqual(999);
    expect(runs.length).toBeGreaterThan(15);
  });

  test("[T54] nothing starves while the cap is not reached", () => {
    fc.assert(
      fc.property(fc.array(tiers, { minLength: 1, maxLength: 14 }), (load) => {
        const state = stateWith(load.map((tier, index) => command(`c${index}`, tier)));
        const end = T0 + 20 * 60_000;
        const runs = simulate(state, end, () => 20);
        for (const [index, tier] of load.entries()) {
          const starts = [T0, ...runs.filter((run) => run.key === `c${index}`).map((run) => run.start), end];
          const longest = Math.max(...starts.slice(1).map((at, i) => at - (starts[i] ?? 0)));
          expect(longest).toBeLessThanOrEqual(3 * TIER_MS[tier]);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("[T53] a slow command rests ten times as long as it took", () => {
    const runs = simulate(stateWith([command("slow", "D")]), T0 + 30 * 60_000, () => 9_000);
    for (let i = 1; i < runs.length; i++)
      expect((runs[i]?.start ?? 0) - (runs[i - 1]?.start ?? 0)).toBeGreaterThanOrEqual(90_000);
  });

  test("[T54] on demand comes first, then pinned ports", () => {
    const state = stateWith([
      command("d", "D"),
      command("e", "E"),
      command("l", "L", { wanted: true, subscribed: false }),
    ]);
    expect(
      simulate(state, T0 + 1_000, () => 10)
        .map((run) => run.key)
        .slice(0, 3),
    ).toEqual(["l", "e", "d"]);
  });

  test("[T61] paused: nothing periodic, but what a person asks for", () => {
    const state = { ...stateWith([command("d", "D")]), paused: true };
    expect(plan(state, T0)).toBeUndefined();
    const [first] = state.commands;
    if (first) first.wanted = true;
    expect(plan(state, T0)).toEqual({ run: "d" });
  });

  test("[T55] [T58] throttled or hidden: only the essential panels, rarely", () => {
    const load = (): PlannedCommand[] => [command("routes", "C"), command("if", "D", { panels: ["ifstate"] })];
    for (const [state, gap] of [
      [{ ...stateWith(load()), throttled: true }, 120_000],
      [{ ...stateWith(load()), hidden: true }, 60_000],
    ] as const) {
      const runs = simulate(state, T0 + 10 * 60_000, () => 10);
      expect(new Set(runs.map((run) => run.key))).toEqual(new Set(["if"]));
      for (let i = 1; i < runs.length; i++)
        expect((runs[i]?.start ?? 0) - (runs[i - 1]?.start ?? 0)).toBeGreaterThanOrEqual(gap);
    }
  });

  test("[T44] a command that hung waits 30, 60, 120 s and so on to ten minutes", () => {
    const state = stateWith([command("hung", "D")]);
    const waits: number[] = [];
    let now = T0;
    for (let i = 0; i < 7; i++) {
      runStarted(state, "hung", now);
      now += 10_000;
      runEnded(state, "hung", now, { outcome: "timeout", ms: 10_000, echoMs: 0, bytes: 0 });
      const [hung] = state.commands;
      if (hung?.held_why === "hung") waits.push(((hung.held_until ?? 0) - now) / 1_000);
      now = (hung?.held_until ?? now) + 1;
    }
    expect(waits[0]).toBe(30);
    expect(Math.max(...waits)).toBeLessThanOrEqual(600);
  });

  test("[T57] two timeouts in a row suspend the dearer half for five minutes", () => {
    const state = stateWith([
      command("a", "D", { cost_ms: 10 }),
      command("b", "D", { cost_ms: 20 }),
      command("c", "D", { cost_ms: 900 }),
      command("d", "D", { cost_ms: 800 }),
    ]);
    runStarted(state, "a", T0);
    expect(runEnded(state, "a", T0 + 10_000, { outcome: "timeout", ms: 10_000, echoMs: 0, bytes: 0 })).toEqual([]);
    runStarted(state, "b", T0 + 11_000);
    expect(runEnded(state, "b", T0 + 21_000, { outcome: "timeout", ms: 10_000, echoMs: 0, bytes: 0 })).toEqual(["c"]);
    expect(state.commands.find((each) => each.key === "c")?.held_until).toBe(T0 + 21_000 + 300_000);
  });

  test("[T53] while typing is slow the cap is halved", () => {
    const state = { ...stateWith([]), typingSlow: true };
    expect(dutyCap(state, T0 + 10 * 60_000)).toBe(0.05);
    expect(usedMs({ ...state, runs: [{ start: T0 - 500, ms: 1_000 }] }, T0 + 100)).toBe(600);
  });

  test("[T20] an early second sample is asked for once, not while the device rests, and not again without a figure", () => {
    const cpu = command("cat /proc/stat", "D", { panels: ["cpu"] });
    const state = stateWith([cpu]);
    const sample = (now: number, figure: boolean): void => {
      runStarted(state, cpu.key, now);
      runEnded(state, cpu.key, now + 50, { outcome: "ok", ms: 50, echoMs: 0, bytes: 100 });
      ticksSeen(cpu, figure, now + 50);
    };
    sample(T0, false);
    expect(plan(state, T0 + 50)).toEqual({ wait_until: T0 + 3_050 });
    expect(plan({ ...state, throttled: true }, T0 + 4_000)).toEqual({ wait_until: T0 + 120_000 });
    expect(plan({ ...state, paused: true }, T0 + 4_000)).toBeUndefined();
    sample(T0 + 3_050, false);
    expect(plan(state, T0 + 3_100)).toEqual({ wait_until: T0 + 33_050 });
    sample(T0 + 33_050, true);
    sample(T0 + 63_050, false);
    expect(plan(state, T0 + 63_100)).toEqual({ wait_until: T0 + 66_100 });
  });
});
