import type { PanelId } from "../knowledge/panel-data.ts";
import type { Tier } from "../packs/pack.ts";

/** How often, against the usual [T51]. */
export type Profile = "economy" | "normal" | "fast";

/** What is known about one command; times in epoch milliseconds. */
export type PlannedCommand = {
  /** The exact text: the same text is one command, whoever asks for it [T52]. */
  key: string;
  tier: Tier;
  panels: PanelId[];
  subscribed: boolean;
  /** Asked for by a person: runs next, once. */
  wanted: boolean;
  /** The last run was asked for by a person. */
  ran_on_demand?: boolean;
  next_due: number;
  last_start?: number;
  last_end?: number;
  last_ms?: number;
  /** Smoothed wall time less the echo time of the link [T53]. */
  cost_ms?: number;
  /** Asked for at this time, ahead of the interval: a second sample [T20], or a port that came up. */
  second_at?: number;
  /** The early second sample was asked for; until it led to a figure there is no further one. */
  second_asked?: true;
  /** Not before this time: after a refusal, a hang or a suspension. Infinity: not again on this connection. */
  held_until?: number;
  held_why?: string;
  /** Hangs in a row; doubles the wait [T44]. */
  hangs: number;
  /** Runs in a row that took too long or answered too much [T79]. */
  heavy_runs?: number;
  /** Tiers that it was put down since, with the run that did it; in tier E it stops instead [T79]. */
  demoted?: { steps: number; ms: number; bytes: number };
  ok: number;
  errors: number;
  timeouts: number;
  bytes: number;
};

/** Everything that the plan looks at. */
export type PlanState = {
  commands: PlannedCommand[];
  /** On-demand wishes in their order, and the time before which the line takes none. */
  asks: { tickets: string[]; after: number };
  running: boolean;
  paused: boolean;
  throttled: boolean;
  hidden: boolean;
  /** The user types in ssh1 and its echo is slow [T53]. */
  typingSlow: boolean;
  profile: Profile;
  startedAt: number;
  /** Runs of the last minute, for the duty cap. */
  runs: { start: number; ms: number }[];
  /** Timeouts since the last answer of any command [T57]. */
  timeoutsInRow: number;
  /** Token bucket of the rate limiter [T56]. */
  bucket: { tokens: number; at: number; rate_per_s: number; burst: number };
};

/** A command that nothing is known about. */
export function newPlanned(key: string, tier: Tier): PlannedCommand {
  return {
    key,
    tier,
    panels: [],
    subscribed: false,
    wanted: false,
    next_due: 0,
    hangs: 0,
    ok: 0,
    errors: 0,
    timeouts: 0,
    bytes: 0,
  };
}

/** The state before anything is known about the device: the slowest rate, a burst of two. */
export function newPlanState(profile: Profile, now: number): PlanState {
  return {
    commands: [],
    asks: { tickets: [], after: now },
    running: false,
    paused: false,
    throttled: false,
    hidden: false,
    typingSlow: false,
    profile,
    startedAt: now,
    runs: [],
    timeoutsInRow: 0,
    bucket: { tokens: 2, at: now, rate_per_s: 1, burst: 2 },
  };
}

/** Milliseconds between polls of each tier under the normal profile [T51]. */
export const TIER_MS: Record<Exclude<Tier, "L">, number> = { A: 300_000, B: 300_000, C: 90_000, D: 30_000, E: 5_000 };
const PROFILE_FACTOR: Record<Profile, number> = { economy: 3, normal: 1, fast: 0.5 };
/** Panels that go on while the device is busy or the page is hidden [T55] [T58]. */
const ESSENTIAL = new Set<PanelId>(["cpu", "ifstate", "bgp", "ospf"]);
const THROTTLED_MS = 120_000;
const HIDDEN_MS = 60_000;
/** With pinned ports polled, a command that costs over twice their interval runs at most this often [T54]. */
const BESIDE_E_MS = 120_000;
/** A command rests ten times as long as it took [T53]. */
const REST_FACTOR = 10;
/** Assumed cost of a command that never ran, milliseconds. */
export const UNKNOWN_COST_MS = 500;

/** True when a command may run at all in the present state. */
export function essential(command: PlannedCommand): boolean {
  return command.panels.some((panel) => ESSENTIAL.has(panel));
}

/** Tiers in the order in which a heavy command goes down; slow boxes' optics live in the last one [T79]. */
const DOWN: readonly Tier[] = ["D", "C", "B"];

/** The tier that a command is polled at: its own, or one further down when it proved heavy; L is never polled [T79]. */
export function tierOf({ tier, demoted }: PlannedCommand): Tier {
  if (!demoted) return tier;
  if (tier === "E") return "L";
  const at = DOWN.indexOf(tier);
  return at < 0 ? tier : (DOWN[Math.min(DOWN.length - 1, at + demoted.steps)] ?? tier);
}

/** Milliseconds between two starts of a command; nothing for commands that only run on demand. */
export function intervalMs(command: PlannedCommand, state: PlanState): number | undefined {
  const tier = tierOf(command);
  if (tier === "L") return undefined;
  if ((state.throttled || state.hidden) && !essential(command)) return undefined;
  const base = TIER_MS[tier] * PROFILE_FACTOR[state.profile];
  const cost = command.cost_ms ?? 0;
  let interval = Math.max(base, REST_FACTOR * cost);
  if (state.throttled) interval = Math.max(interval, THROTTLED_MS);
  if (state.hidden) interval = Math.max(interval, HIDDEN_MS);
  const pinned = command.tier !== "E" && state.commands.some((other) => tierOf(other) === "E" && other.subscribed);
  if (pinned && cost > 2 * TIER_MS.E * PROFILE_FACTOR[state.profile]) interval = Math.max(interval, BESIDE_E_MS);
  return interval;
}

/** When a command is due; Infinity while it is not wanted, held for good, or cannot run in the present state. */
export function dueAt(command: PlannedCommand, state: PlanState): number {
  const held = command.held_until ?? 0;
  if (command.wanted) return held === Number.POSITIVE_INFINITY ? held : 0;
  if (!command.subscribed) return Number.POSITIVE_INFINITY;
  const interval = intervalMs(command, state);
  if (interval === undefined) return Number.POSITIVE_INFINITY;
  const next = command.last_start === undefined ? command.next_due : command.last_start + interval;
  const calm = !state.throttled && !state.hidden;
  // Earlier than the interval, but never before it rested ten times its cost [T53].
  const rested = (command.last_start ?? 0) + REST_FACTOR * (command.cost_ms ?? 0);
  const early = calm && command.second_at !== undefined ? Math.max(command.second_at, rested) : next;
  return Math.max(Math.min(next, early), held);
}
