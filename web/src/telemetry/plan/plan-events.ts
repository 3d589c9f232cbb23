import { takeToken, WINDOW_MS } from "./plan.ts";
import type { PlannedCommand, PlanState } from "./plan-state.ts";

/** How a run ended, as far as the plan cares. */
export type RunResult = {
  /** `gap`: interrupted by the link; says nothing of the device, and is asked again at once [WP19]. */
  outcome: "ok" | "gap" | "error" | "timeout" | "unsupported" | "denied" | "gated" | "limit";
  ms: number;
  echoMs: number;
  bytes: number;
  /** A hang of this command is one of all: the others wait with it instead of hanging one after another [T44]. */
  together?: boolean;
};

/** Weight of the newest run in the smoothed cost [T53]. */
const COST_WEIGHT = 0.3;
const FIRST_HOLD_MS = 30_000;
const MAX_HOLD_MS = 600_000;
/** A feature that is off is asked about again after this time [T47]. */
const GATED_MS = 300_000;
/** So many timeouts in a row mean that the box does not answer. */
const SUSPEND_AFTER = 2;
/** After two timeouts in a row the dearer half rests this long [T57]. */
const SUSPEND_MS = 300_000;

/** A command this slow or this talkative, twice in a row, goes down a tier [T79]. */
const HEAVY_MS = 2_000;
const HEAVY_BYTES = 256 * 1024;
const HEAVY_RUNS = 2;
/** Neighbours and the like are asked this long after a port came up: they need that time to speak first. */
const LINK_UP_MS = 10_000;

/** A command begins. */
export function runStarted(state: PlanState, key: string, now: number): void {
  const command = state.commands.find((each) => each.key === key);
  state.running = true;
  takeToken(state, now);
  state.runs = state.runs.filter(({ start, ms }) => start + ms > now - 2 * WINDOW_MS);
  if (!command) return;
  command.last_start = now;
  command.ran_on_demand = command.wanted;
  command.wanted = false;
  delete command.second_at;
}

/** A port came up: what rests for minutes is asked soon after, once. */
export function linkUp(state: PlanState, now: number): void {
  for (const command of state.commands)
    if (command.tier === "B" && command.subscribed) command.second_at ??= now + LINK_UP_MS;
}

/** How long after its first sample the second one of a figure made of ticks is asked for [T20]. */
const SECOND_SAMPLE_MS = 3_000;

/** Counters or ticks came; without a figure from them, the second sample does not wait for the interval, once [T20]. */
export function ticksSeen(command: PlannedCommand, hasFigure: boolean, now: number): void {
  if (hasFigure) delete command.second_asked;
  else if (command.second_asked === undefined) {
    command.second_at = now + SECOND_SAMPLE_MS;
    command.second_asked = true;
  }
}

/** A command ended; returns the texts that a row of timeouts suspended. */
export function runEnded(state: PlanState, key: string, now: number, result: RunResult): string[] {
  const command = state.commands.find((each) => each.key === key);
  state.running = false;
  const start = now - result.ms;
  state.runs.push({ start, ms: result.ms });
  if (!command) return [];
  if (result.outcome === "gap") {
    command.wanted ||= command.ran_on_demand === true;
    command.next_due = now;
    delete command.last_start;
    return [];
  }
  if (result.outcome !== "timeout") state.timeoutsInRow = 0;
  if (result.together && result.outcome !== "timeout") answersAgain(state, command, now);
  const cost = Math.max(0, result.ms - result.echoMs);
  command.last_end = now;
  command.last_ms = result.ms;
  // A hang says nothing of what an answer costs: it has waits of its own [T44], and its time is charged to the share.
  if (result.outcome !== "timeout")
    command.cost_ms =
      command.cost_ms === undefined ? cost : Math.round(command.cost_ms * (1 - COST_WEIGHT) + cost * COST_WEIGHT);
  command.bytes = result.bytes;
  delete command.held_until;
  delete command.held_why;
  weigh(command, result);
  if (result.outcome === "ok") {
    command.ok++;
    command.hangs = 0;
    return [];
  }
  command.errors++;
  if (result.outcome === "unsupported" || result.outcome === "denied")
    hold(command, Number.POSITIVE_INFINITY, result.outcome);
  else if (result.outcome === "gated") hold(command, now + GATED_MS, "gated");
  else if (result.outcome === "timeout") {
    command.timeouts++;
    command.hangs++;
    hold(command, now + Math.min(MAX_HOLD_MS, FIRST_HOLD_MS * 2 ** (command.hangs - 1)), "hung");
    if (!result.together) return suspendDearest(state, now);
    for (const other of state.commands) {
      other.hangs = command.hangs;
      if ((other.held_until ?? 0) < (command.held_until ?? 0)) Object.assign(other, heldAs(command));
    }
  }
  return [];
}

const heldAs = ({ held_until, held_why }: PlannedCommand): Partial<PlannedCommand> => ({ held_until, held_why });

/** One answered: what waited with it is asked at once, also what would have rested for minutes. */
function answersAgain(state: PlanState, answered: PlannedCommand, now: number): void {
  for (const command of state.commands) {
    if (command === answered || command.held_why !== "hung") continue;
    command.hangs = 0;
    delete command.held_until;
    delete command.held_why;
    delete command.last_start;
    command.next_due = now;
  }
}

/** Too slow or too much, twice in a row: down one tier; a run that is neither begins the count anew [T79]. */
function weigh(command: PlannedCommand, { ms, bytes, outcome }: RunResult): void {
  if (outcome === "timeout") return;
  const heavy = ms > HEAVY_MS || bytes > HEAVY_BYTES;
  command.heavy_runs = heavy ? (command.heavy_runs ?? 0) + 1 : 0;
  if (command.heavy_runs < HEAVY_RUNS || command.tier === "L") return;
  command.heavy_runs = 0;
  command.demoted = { steps: (command.demoted?.steps ?? 0) + 1, ms, bytes };
}

function hold(command: PlannedCommand, until: number, why: string): void {
  command.held_until = until;
  command.held_why = why;
}

/** Two runs in a row that timed out, whichever they were; with an answer between them it is one daemon, not the box [T57]. */
function suspendDearest(state: PlanState, now: number): string[] {
  state.timeoutsInRow++;
  if (state.timeoutsInRow < SUSPEND_AFTER) return [];
  state.timeoutsInRow = 0;
  const active = state.commands.filter((command) => command.subscribed && (command.held_until ?? 0) <= now);
  const dearest = active.toSorted((a, b) => (b.cost_ms ?? 0) - (a.cost_ms ?? 0)).slice(0, Math.ceil(active.length / 2));
  for (const command of dearest) hold(command, now + SUSPEND_MS, "suspended");
  return dearest.map(({ key }) => key);
}
