import { type BuildRefusal, buildCommand, type SeenNames } from "../packs/build-command.ts";
import type { Pack } from "../packs/pack.ts";
import { newPlanned, type PlannedCommand, type PlanState } from "../plan/plan-state.ts";
import type { ActiveCommand, CommandSet } from "./command-set.ts";

/** One wish of a person: a command of the pack with parameters, answered under its ticket. */
export type Ask = {
  ticket: string;
  command: string;
  params: ReadonlyMap<string, string>;
  /** Runs that the link or a pager spoiled, and starts that the line did not take. */
  spoiled: number;
};

/** Why a wish is not carried out; nothing is sent then. */
export type Refusal = { code: BuildRefusal | "no_platform" | "too_many" | "line"; param?: string; why: string };

/** Wishes that wait at once; each may take a minute, and a person sees all of them. */
const MAX_WAITING = 16;
/** A spoiled run is tried again at once, this often. */
const MAX_SPOILED = 3;
/** A line that was not at its prompt is tried again after this time, milliseconds. */
const AGAIN_MS = 1_000;

/**
 * On-demand commands of tier L: they run ahead of everything else [T54], one at a time, are charged like the others
 * [T53], and carry only parameters that `buildCommand` lets through [T63]. Answers go to the ticket, not to panels.
 */
export class OnDemand {
  private readonly waiting: Ask[] = [];
  /** What each command cost so far, by its template; the collector panel shows it [T61]. */
  private readonly costs = new Map<string, PlannedCommand>();
  private readonly plan: PlanState;
  private readonly commands: CommandSet;

  constructor(plan: PlanState, commands: CommandSet) {
    this.plan = plan;
    this.commands = commands;
  }

  /** Takes a wish, or says why not. A ticket that waits already is not taken twice. */
  ask(pack: Pack | undefined, ask: Omit<Ask, "spoiled">, seen: SeenNames): Refusal | undefined {
    if (!pack) return { code: "no_platform", why: "The platform of this device is not known yet." };
    if (this.waiting.some(({ ticket }) => ticket === ask.ticket)) return undefined;
    if (this.waiting.length >= MAX_WAITING) return { code: "too_many", why: "Too many requests wait already." };
    const built = buildCommand(pack, ask.command, this.commands.variantOf(pack, ask.command) ?? -1, ask.params, seen);
    if (!built.ok) return built;
    this.waiting.push({ ...ask, spoiled: 0 });
    this.tell();
    return undefined;
  }

  /** The wish that is next, built anew: pack, variant and known names may have changed while it waited. */
  next(pack: Pack, seen: SeenNames): { ask: Ask; active: ActiveCommand } | { ask: Ask; refused: Refusal } | undefined {
    const ask = this.waiting[0];
    if (!ask) return undefined;
    const index = this.commands.variantOf(pack, ask.command) ?? -1;
    const built = buildCommand(pack, ask.command, index, ask.params, seen);
    const def = pack.commands[ask.command];
    const variant = def?.variants[index];
    if (!built.ok) return { ask, refused: built };
    if (!def || !variant) return { ask, refused: { code: "no_command", why: `no such command: ${ask.command}` } };
    // The same text may be polled for a panel: it is one command, with one record of its cost [T52].
    const planned = this.commands.active.get(built.command.text)?.planned ?? this.costOf(variant.text);
    return { ask, active: { id: ask.command, def, variant, params: ask.params, command: built.command, planned } };
  }

  /** The wish runs or is answered: it waits no longer. */
  drop(ticket: string): Ask | undefined {
    const at = this.waiting.findIndex((each) => each.ticket === ticket);
    const [ask] = at < 0 ? [] : this.waiting.splice(at, 1);
    this.tell();
    return ask;
  }

  /** The run came to nothing that says anything of the device; false when it was tried often enough. */
  again(ask: Ask): boolean {
    if (++ask.spoiled > MAX_SPOILED) return false;
    this.waiting.unshift(ask);
    this.tell();
    return true;
  }

  /** The box does not know this way to ask, but there is another. */
  otherVariant(ask: Ask): void {
    this.waiting.unshift(ask);
    this.tell();
  }

  /** The line did not take the next wish; false when it never will. */
  notTaken(ask: Ask, at: number): boolean {
    this.plan.asks.after = at + AGAIN_MS;
    return ++ask.spoiled <= MAX_SPOILED;
  }

  /** Everything that waits, to be answered when telemetry ends. */
  all(): Ask[] {
    return this.waiting.slice();
  }

  /** Cost records of what only ran on demand; a text that is polled has its record there. */
  planned(): PlannedCommand[] {
    return [...this.costs.values()].filter(({ key }) => !this.commands.active.has(key));
  }

  private costOf(template: string): PlannedCommand {
    let cost = this.costs.get(template);
    if (!cost) {
      cost = newPlanned(template, "L");
      this.costs.set(template, cost);
      this.plan.commands = [...this.plan.commands, cost];
    }
    return cost;
  }

  private tell(): void {
    this.plan.asks.tickets = this.waiting.map(({ ticket }) => ticket);
  }
}
