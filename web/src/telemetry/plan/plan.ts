import { DUTY_CAP_PCT } from "../knowledge/collector-data.ts";
import { dueAt, intervalMs, type PlannedCommand, type PlanState, TIER_MS, UNKNOWN_COST_MS } from "./plan-state.ts";

/** The one thing to do now [T51]. */
export type PlanAction = { run: string } | { ask: string } | { wait_until: number; why?: "duty" | "rate" } | undefined;

/** The duty cap is counted over this window [T53]. */
export const WINDOW_MS = 60_000;
/** The duty cap in force, as a share of wall clock. */
export function dutyCap(state: PlanState, now: number): number {
  const { typing, first_minute, usual } = DUTY_CAP_PCT;
  if (state.typingSlow) return typing / 100;
  return (now - state.startedAt < WINDOW_MS ? first_minute : usual) / 100;
}

/** Milliseconds of the last minute in which a command ran. */
export function usedMs(state: PlanState, now: number): number {
  let used = 0;
  for (const { start, ms } of state.runs)
    used += Math.max(0, Math.min(now, start + ms) - Math.max(start, now - WINDOW_MS));
  return used;
}

/** When `cost` fits under the cap; `now` when it does already, or when nothing ran in the last minute. */
function fitsAt(state: PlanState, cost: number, now: number): number {
  const fits = (at: number): boolean => {
    const used = usedMs(state, at);
    return used === 0 || used + cost <= dutyCap(state, at) * WINDOW_MS;
  };
  if (fits(now)) return now;
  // What was used only leaves the window as time passes, so the first fit is found by halving.
  let [low, high] = [now, Math.max(...state.runs.map(({ start, ms }) => start + ms)) + WINDOW_MS];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** When the rate limiter has a token [T56]. */
export function tokenAt(state: PlanState, now: number): number {
  const { tokens, at, rate_per_s, burst } = state.bucket;
  const have = Math.min(burst, tokens + ((now - at) / 1000) * rate_per_s);
  return have >= 1 ? now : now + Math.ceil(((1 - have) / rate_per_s) * 1000);
}

/** Takes a token. */
export function takeToken(state: PlanState, now: number): void {
  const { tokens, at, rate_per_s, burst } = state.bucket;
  state.bucket.tokens = Math.min(burst, tokens + ((now - at) / 1000) * rate_per_s) - 1;
  state.bucket.at = now;
}

/** Intervals by which a command that hung is later in the row. */
const HUNG_HANDICAP = 1;
/** Intervals beyond its due time after which a command is starving. */
const STARVING = 1.5;

/** On demand first, then pinned ports, then by lateness against the interval [T54]; the text settles ties. */
function urgency(command: PlannedCommand, state: PlanState, now: number): number {
  if (command.wanted) return 1e12;
  // What never ran goes by the order of the panels, not by how often it will run.
  const interval = command.last_start === undefined ? TIER_MS.D : (intervalMs(command, state) ?? 1);
  // What hung the last time goes after what answers.
  const lateness = (now - dueAt(command, state)) / interval - (command.hangs > 0 ? HUNG_HANDICAP : 0);
  // Pinned ports go first, but not for ever: what waits for most of its third interval goes before them [T54].
  if (command.last_start !== undefined && lateness >= STARVING) return 1e9 + lateness;
  return command.tier === "E" ? 1e6 + lateness : lateness;
}

/** What a person or the line check wants keeps the pack's order; else the text settles it. */
function tie(a: PlannedCommand, b: PlannedCommand): number {
  if (a.wanted && b.wanted) return 0;
  return a.key < b.key ? -1 : 1;
}

/** True when something is due that only the share of time holds back [T54]. */
export function waitsForShare(state: PlanState, now: number): boolean {
  if (state.paused) return false;
  const due = state.commands.filter((command) => !command.wanted && dueAt(command, state) <= now);
  return due.some(({ cost_ms }) => fitsAt(state, cost_ms ?? UNKNOWN_COST_MS, now) > now);
}

/**
 * What to do now, at most one thing [T51]: run a command, wait until a time, or nothing at all. Pure: the same state and
 * time give the same answer.
 */
export function plan(state: PlanState, now: number): PlanAction {
  if (state.running) return undefined;
  const [ask] = state.asks.tickets;
  // A person waits for it: no cap holds it back, but the rate limiter is the AAA server's [T53] [T54] [T56].
  if (ask !== undefined) {
    const at = Math.max(state.asks.after, tokenAt(state, now));
    return at <= now ? { ask } : { wait_until: at, why: "rate" };
  }
  const candidates = state.commands.filter((command) => command.wanted || !state.paused);
  const due = candidates.filter((command) => dueAt(command, state) <= now);
  if (due.length === 0) {
    const next = Math.min(...candidates.map((command) => dueAt(command, state)));
    return Number.isFinite(next) ? { wait_until: next } : undefined;
  }
  const ranked = due.toSorted((a, b) => urgency(b, state, now) - urgency(a, state, now) || tie(a, b));
  const first = ranked[0];
  if (!first) return undefined;
  const token = tokenAt(state, now);
  if (token > now) return { wait_until: token, why: "rate" };
  if (first.wanted) return { run: first.key };
  const at = fitsAt(state, first.cost_ms ?? UNKNOWN_COST_MS, now);
  return at <= now ? { run: first.key } : { wait_until: at, why: "duty" };
}
