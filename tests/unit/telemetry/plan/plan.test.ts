import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { command, simulate, stateWith, T0, tiers } from "#support/planned-commands.ts";
import { dutyCap, plan, usedMs, WINDOW_MS } from "#telemetry/plan/plan.ts";
import { linkUp, runEnded, runStarted, ticksSeen } from "#telemetry/plan/plan-events.ts";
import { type PlannedCommand, type PlanState, TIER_MS, tierOf } from "#telemetry/plan/plan-state.ts";

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

  const run = (state: PlanState, key: string, now: number, ms: number, bytes = 100): void => {
    runStarted(state, key, now);
    runEnded(state, key, now + ms, { outcome: "ok", ms, echoMs: 0, bytes });
  };

  test.each([
    ["2 s", 2_001, 100],
    ["256 KiB", 50, 256 * 1024 + 1],
  ])("[T79] over %s twice in a row puts a command down one tier, once is not enough", (_what, ms, bytes) => {
    const each = command("x", "D");
    const state = stateWith([each]);
    run(state, "x", T0, ms, bytes);
    run(state, "x", T0 + 100_000, 50);
    run(state, "x", T0 + 200_000, ms, bytes);
    expect(tierOf(each)).toBe("D");
    run(state, "x", T0 + 300_000, ms, bytes);
    expect(tierOf(each)).toBe("C");
    for (const at of [400_000, 500_000, 600_000, 700_000]) run(state, "x", T0 + at, ms, bytes);
    expect(tierOf(each)).toBe("B");
  });

  test("[T79] a pinned port's command stops instead", () => {
    const each = command("show interfaces x", "E");
    const state = stateWith([each]);
    run(state, each.key, T0, 2_500);
    run(state, each.key, T0 + 60_000, 2_500);
    expect(tierOf(each)).toBe("L");
    expect(plan(state, T0 + 3_600_000)).toBeUndefined();
  });

  test("a port that came up: tier B is asked ten seconds later, once, and not before it rested", () => {
    const [slow, quick] = [command("slow", "B"), command("quick", "B")];
    const state = stateWith([slow, quick]);
    run(state, "slow", T0, 3_000);
    run(state, "quick", T0 + 4_000, 100);
    linkUp(state, T0 + 6_000);
    linkUp(state, T0 + 9_000);
    expect(plan(state, T0 + 9_000)).toEqual({ wait_until: T0 + 16_000 });
    run(state, "quick", T0 + 16_000, 100);
    expect(plan(state, T0 + 17_000)).toEqual({ wait_until: T0 + 30_000 });
  });

  test("[T44] exactly 30, 60, 120, 240, 480, 600 s, and one success clears that", () => {
    const hung = command("hung", "D");
    const state = stateWith([hung]);
    let now = T0;
    const hang = (): number => {
      runStarted(state, "hung", now);
      now += 10_000;
      runEnded(state, "hung", now, { outcome: "timeout", ms: 10_000, echoMs: 0, bytes: 0 });
      const wait = (hung.held_until ?? 0) - now;
      now += wait;
      return wait / 1_000;
    };
    expect([hang(), hang(), hang(), hang(), hang(), hang(), hang()]).toEqual([30, 60, 120, 240, 480, 600, 600]);
    run(state, "hung", now, 50);
    now += 1_000;
    expect(hang()).toBe(30);
  });
});

test("[T44] [T53] a hang does not make a command dear: after 30 s it is asked again as before", () => {
  const each = command("hung", "D", { cost_ms: 80 });
  const state = stateWith([each]);
  runStarted(state, "hung", T0);
  runEnded(state, "hung", T0 + 10_000, { outcome: "timeout", ms: 10_000, echoMs: 0, bytes: 0 });
  expect(each.cost_ms).toBe(80);
  expect(usedMs(state, T0 + 10_000)).toBe(10_000);
  expect(plan(state, T0 + 10_000)).toEqual({ wait_until: T0 + 40_000 });
});

test("[T57] one daemon that hangs again and again, with others answering, suspends nobody", () => {
  const state = stateWith([
    command("hung", "D"),
    ...["a", "b", "c"].map((key, index) => command(key, "D", { cost_ms: 50 * (index + 1) })),
  ]);
  let now = T0;
  for (let round = 0; round < 6; round++) {
    runStarted(state, "hung", now);
    now += 10_000;
    expect(runEnded(state, "hung", now, { outcome: "timeout", ms: 10_000, echoMs: 0, bytes: 0 })).toEqual([]);
    now += 60_000;
    // Of what is due, what answers goes first.
    const action = plan(state, now);
    expect(action && "run" in action && action.run).not.toBe("hung");
    for (const key of ["a", "b"]) {
      runStarted(state, key, now);
      now += 50;
      runEnded(state, key, now, { outcome: "ok", ms: 50, echoMs: 0, bytes: 10 });
    }
  }
  expect(state.commands.filter(({ held_why }) => held_why === "suspended")).toEqual([]);
});
