import * as fc from "fast-check";
import { expect } from "vitest";
import { plan } from "#telemetry/plan/plan.ts";
import { runEnded, runStarted } from "#telemetry/plan/plan-events.ts";
import { newPlanState, type PlannedCommand, type PlanState } from "#telemetry/plan/plan-state.ts";

/** When the plan begins, epoch milliseconds. */
export const T0 = 1_700_000_000_000;

/** A command that is subscribed and due at once. */
export function command(key: string, tier: PlannedCommand["tier"], more: Partial<PlannedCommand> = {}): PlannedCommand {
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

/** A plan of these commands, with a rate that holds nothing back. */
export function stateWith(commands: PlannedCommand[], rate = 4): PlanState {
  const state = { ...newPlanState("normal", T0), commands };
  state.bucket = { tokens: 2, at: T0, rate_per_s: rate, burst: 2 };
  return state;
}

/** A command that ran, and when. */
export type Run = { key: string; start: number; ms: number };

/** Runs the plan on a simulated clock; each command takes what `cost` says. */
export function simulate(
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

/** Tiers that are polled, pinned ports apart. */
export const tiers = fc.constantFrom("A" as const, "B" as const, "C" as const, "D" as const);
