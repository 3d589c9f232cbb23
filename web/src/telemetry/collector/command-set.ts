import type { PanelId } from "../knowledge/panel-data.ts";
import { buildCommand, type SeenNames } from "../packs/build-command.ts";
import type { CommandDef, Pack, Variant } from "../packs/pack.ts";
import { newPlanned, type PlannedCommand } from "../plan/plan-state.ts";
import type { AllowedCommand } from "../transcript/writer.ts";

/** One command of the active pack with its parameters filled in. */
export type ActiveCommand = {
  id: string;
  def: CommandDef;
  variant: Variant;
  params: ReadonlyMap<string, string>;
  command: AllowedCommand;
  planned: PlannedCommand;
};

/** Pinned ports polled fast at once, per device. */
export const MAX_PINNED = 4;
/** An all-in-one command that costs less than this, in time and bytes, is polled instead of the separate ones [T81]. */
const CHEAP_MS = 1_000;
const CHEAP_BYTES = 65_536;
/** First polls are spread over this time, so that a box is not asked everything in one burst [T56]. */
const SPREAD_MS = 5_000;

/** The commands that the subscribed panels need, each text once [T52]. */
export class CommandSet {
  readonly active = new Map<string, ActiveCommand>();
  /** Which variant of a command is in use; grows when the box does not know one [T64]. */
  private readonly variants = new Map<string, number>();
  /** The all-in-one command is polled, the separate ones rest. */
  private standsIn = false;

  /** Brings the set in line with what is subscribed; statistics of commands that stay are kept. */
  sync(pack: Pack, panels: ReadonlySet<PanelId>, pins: readonly string[], seen: SeenNames, now: number): void {
    for (const each of this.active.values()) {
      each.planned.subscribed = false;
      each.planned.panels = [];
    }
    let fresh = 0;
    for (const [panel, entry] of Object.entries(pack.panels)) {
      // The keys of a pack's panel table are panel ids by its type.
      const id = panel as PanelId;
      if (!panels.has(id)) continue;
      for (const commandId of entry.commands) {
        for (const params of paramSets(pack.commands[commandId], pins))
          fresh += this.want(pack, commandId, id, params, seen, now) ? 1 : 0;
      }
    }
    if (fresh > 1) this.spread(now, fresh);
    this.setTiers(pack);
  }

  /** Which way to ask is in use for a command. */
  variantOf(id: string): number {
    return this.variants.get(id) ?? 0;
  }

  /** Falls back to the next way to ask; false when there is none. */
  nextVariant(pack: Pack, id: string): boolean {
    const next = (this.variants.get(id) ?? 0) + 1;
    if (!pack.commands[id]?.variants[next]) return false;
    this.variants.set(id, next);
    for (const [key, each] of this.active) if (each.id === id) this.active.delete(key);
    return true;
  }

  /** Commands that feed a panel, in the pack's order; size guards feed nothing. */
  forPanel(pack: Pack, panel: PanelId): ActiveCommand[] {
    const entry = pack.panels[panel];
    if (!entry) return [];
    const guards = new Set(entry.commands.flatMap((id) => pack.commands[id]?.guard?.command ?? []));
    const listed = [...entry.commands, ...(entry.also ?? [])].filter((id) => !guards.has(id));
    const whole = pack.all_in_one;
    // What is polled often wins over what rests.
    const first =
      this.standsIn && whole && whole.rest.length > 0 && listed.includes(whole.command) ? [whole.command] : [];
    const order = [...new Set([...first, ...listed])];
    return order.flatMap((id) =>
      [...this.active.values()].filter(
        (each) => each.id === id && (entry.commands.includes(id) ? each.planned.panels.includes(panel) : true),
      ),
    );
  }

  /** Lets an all-in-one command stand in for the separate ones while it is cheap [T81]. */
  weigh(pack: Pack, { id, planned }: ActiveCommand): void {
    if (pack.all_in_one?.command !== id || planned.cost_ms === undefined) return;
    this.standsIn = planned.cost_ms < CHEAP_MS && planned.bytes < CHEAP_BYTES;
    this.setTiers(pack);
  }

  private setTiers(pack: Pack): void {
    const whole = pack.all_in_one;
    if (!whole) return;
    const polled = [...this.active.values()].some(({ id, planned }) => id === whole.command && planned.subscribed);
    this.standsIn &&= polled;
    for (const { id, def, planned } of this.active.values()) {
      if (id === whole.command) planned.tier = this.standsIn ? "D" : def.tier;
      if (whole.rest.includes(id)) planned.tier = this.standsIn ? "B" : def.tier;
    }
  }

  /** A person asks again: a refusal or a hang no longer counts against the commands of the panel, or of all panels. */
  refresh(panel: PanelId | undefined): void {
    for (const { planned } of this.active.values()) {
      if (panel ? !planned.panels.includes(panel) : !planned.subscribed || planned.tier === "L") continue;
      if (planned.held_why === "guard") continue;
      delete planned.held_until;
      planned.wanted = true;
    }
  }

  clear(): void {
    this.active.clear();
    this.variants.clear();
    this.standsIn = false;
  }

  private want(
    pack: Pack,
    id: string,
    panel: PanelId,
    params: ReadonlyMap<string, string>,
    seen: SeenNames,
    now: number,
  ): boolean {
    const def = pack.commands[id];
    const index = this.variants.get(id) ?? 0;
    const variant = def?.variants[index];
    const built = buildCommand(pack, id, index, params, seen);
    if (!def || !variant || !built.ok) return false;
    const key = built.command.text;
    const had = this.active.get(key);
    if (had) {
      had.planned.subscribed = true;
      if (!had.planned.panels.includes(panel)) had.planned.panels.push(panel);
      return false;
    }
    const planned = { ...newPlanned(key, def.tier), panels: [panel], subscribed: true, next_due: now };
    // A guarded command waits for the size that its guard reports.
    if (def.guard) Object.assign(planned, { held_until: Number.POSITIVE_INFINITY, held_why: "guard" });
    this.active.set(key, { id, def, variant, params, command: built.command, planned });
    return true;
  }

  private spread(now: number, fresh: number): void {
    let index = 0;
    for (const { planned } of this.active.values()) {
      if (planned.last_start !== undefined || planned.next_due !== now) continue;
      planned.next_due = now + Math.round((index * SPREAD_MS) / fresh);
      index++;
    }
  }
}

/** Without parameters one set; with an interface, one per pinned port. */
function paramSets(def: CommandDef | undefined, pins: readonly string[]): ReadonlyMap<string, string>[] {
  if (!def?.params) return [new Map()];
  return pins.slice(0, MAX_PINNED).map((name) => new Map([["IF", name]]));
}

/** Panels of these that an answer can change: those that poll the command and those that only use it. */
export function panelsUsing(pack: Pack, id: string, panels: ReadonlySet<PanelId>): PanelId[] {
  return [...panels].filter((panel) => {
    const entry = pack.panels[panel];
    return entry?.commands.includes(id) || entry?.also?.includes(id);
  });
}
