import type { PanelId } from "../knowledge/panel-data.ts";
import { buildCommand, type SeenNames } from "../packs/build-command.ts";
import type { CommandDef, Pack, Variant } from "../packs/pack.ts";
import { newPlanned, type PlannedCommand } from "../plan/plan-state.ts";
import type { AllowedCommand } from "../transcript/writer.ts";
import { VariantChoice, type Versions } from "./variant-choice.ts";

/** One command of the active pack with its parameters filled in. */
export type ActiveCommand = {
  id: string;
  def: CommandDef;
  variant: Variant;
  params: ReadonlyMap<string, string>;
  command: AllowedCommand;
  planned: PlannedCommand;
};

/** Names that commands are asked for one by one: pinned ports, and the VRFs that the box listed. */
export type PolledNames = { pins: readonly string[]; vrfs: readonly string[] };

/** Pinned ports polled fast at once, per device. */
export const MAX_PINNED = 4;
/** VRFs that are polled one by one, per device; each costs its commands once per interval. */
export const MAX_VRFS = 16;
/** An all-in-one command that costs less than this, in time and bytes, is polled instead of the separate ones [T81]. */
const CHEAP_MS = 1_000;
const CHEAP_BYTES = 65_536;
/** First polls are spread over this time, so that a box is not asked everything in one burst [T56]. */
const SPREAD_MS = 5_000;
/** What others wait for counts as late by this, so that it comes first, milliseconds. */
const FIRST_MS = 60_000;
const NO_PARAMS: ReadonlyMap<string, string> = new Map();

/** The commands that the subscribed panels need, each text once [T52]. */
export class CommandSet {
  readonly active = new Map<string, ActiveCommand>();
  private readonly choice = new VariantChoice();
  /** What the box has, once its answer was read; undefined: not known [T62]. */
  private capabilities: ReadonlySet<string> | undefined;
  /** The all-in-one command is polled, the separate ones rest. */
  private standsIn = false;
  /** VRFs that a panel's commands are not asked for. */
  private readonly left = new Map<PanelId, string[]>();

  /** Brings the set in line with what is subscribed; statistics of commands that stay are kept. */
  sync(pack: Pack, panels: ReadonlySet<PanelId>, names: PolledNames, seen: SeenNames, now: number): void {
    this.left.clear();
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
        if (this.spared(pack, commandId)) continue;
        for (const params of paramSets(pack.commands[commandId], names))
          fresh += this.want(pack, commandId, id, params, seen, now) ? 1 : 0;
        this.noteLeft(pack, commandId, id, names.vrfs);
      }
    }
    if (fresh > 1) this.spread(now, fresh);
    this.setTiers(pack);
  }

  /** Which way to ask is in use for a command; undefined when this version has none. */
  variantOf(pack: Pack, id: string): number | undefined {
    return this.choice.of(pack, id);
  }

  /** Versions became known, or what an earlier connection chose under them; true when something has to be asked another way. */
  use(pack: Pack, versions: Versions, chosen?: Readonly<Record<string, string>>): boolean {
    if (!this.choice.use(versions, chosen)) return false;
    for (const [key, { id, variant }] of this.active) {
      const index = this.choice.of(pack, id);
      if (index === undefined || pack.commands[id]?.variants[index]?.text !== variant.text) this.active.delete(key);
    }
    return true;
  }

  /** Ways that are in use although others come before them, to be remembered. */
  chosen(pack: Pack): Record<string, string> {
    return this.choice.chosen(pack);
  }

  /** Takes the answer about what the box has; without one nothing is held back for it. */
  capable(pack: Pack, found: ReadonlySet<string> | undefined): void {
    this.capabilities = found ?? new Set(Object.keys(pack.capabilities?.gives ?? {}));
    for (const { def, planned } of this.active.values()) {
      if (this.missing(def) !== undefined) hold(planned, "needs");
      else if (planned.held_why === "needs") release(planned, def);
    }
  }

  /** Commands that cannot run here, each with the first thing that is missing. */
  lacking(): { active: ActiveCommand; missing: string }[] {
    return [...this.active.values()].flatMap((active) => {
      const missing = this.missing(active.def);
      return missing === undefined ? [] : [{ active, missing }];
    });
  }

  /** What a command needs and the box has not; undefined also while nobody knows. */
  private missing({ needs }: CommandDef): string | undefined {
    return this.capabilities && needs?.find((need) => !this.capabilities?.has(need));
  }

  /** Falls back to the next way to ask; false when there is none. */
  nextVariant(pack: Pack, id: string): boolean {
    if (!this.choice.next(pack, id)) return false;
    for (const [key, each] of this.active) if (each.id === id) this.active.delete(key);
    return true;
  }

  /** Commands that feed a panel, in the pack's order; size guards feed nothing. */
  forPanel(pack: Pack, panel: PanelId): ActiveCommand[] {
    const entry = pack.panels[panel];
    if (!entry) return [];
    const guards = new Set(entry.commands.flatMap((id) => pack.commands[id]?.guard?.command ?? []));
    if (pack.capabilities) guards.add(pack.capabilities.command);
    const listed = [...entry.commands, ...(entry.also ?? [])].filter((id) => !guards.has(id));
    const whole = pack.all_in_one;
    // What is polled often wins over what rests.
    const first =
      this.standsIn && whole && whole.rest.length > 0 && listed.includes(whole.command) ? [whole.command] : [];
    const order = [...new Set([...first, ...listed])];
    return order.flatMap((id) =>
      [...this.active.values()].filter(
        // A port that is no longer pinned has nothing fresh to say.
        (each) =>
          each.id === id &&
          (entry.commands.includes(id)
            ? each.planned.panels.includes(panel)
            : each.def.tier !== "E" || each.planned.subscribed),
      ),
    );
  }

  /** True when the version of the box has no way to ask for any part of the panel [T64] [T76]. */
  isTooNew(pack: Pack, panel: PanelId): boolean {
    const listed = pack.panels[panel]?.commands ?? [];
    return listed.length > 0 && listed.every((id) => this.choice.fitsNone(pack, id));
  }

  /** VRFs of the box that a panel's commands are not asked for: too many, or of names that no command may carry [T63]. */
  vrfsLeftOut(panel: PanelId): readonly string[] {
    return this.left.get(panel) ?? [];
  }

  private noteLeft(pack: Pack, id: string, panel: PanelId, vrfs: readonly string[]): void {
    if (pack.commands[id]?.params?.VRF === undefined) return;
    const asked = new Set(this.polledBy(id, panel).map(({ params }) => params.get("VRF")));
    const left = vrfs.filter((name) => !asked.has(name));
    if (left.length > (this.left.get(panel)?.length ?? 0)) this.left.set(panel, left);
  }

  private polledBy(id: string, panel: PanelId): ActiveCommand[] {
    return [...this.active.values()].filter((each) => each.id === id && each.planned.panels.includes(panel));
  }

  /** What a command would say is in the answer of another one already. */
  private spared(pack: Pack, id: string): boolean {
    const other = pack.commands[id]?.unless_first;
    return other !== undefined && this.choice.of(pack, other) === 0;
  }

  /** Asks for these next and once, whether a panel is subscribed to them or not; gives what was added. */
  askOnce(pack: Pack, panel: PanelId, seen: SeenNames, now: number): ActiveCommand[] {
    const before = new Set([...this.active.values()].filter(({ planned }) => planned.subscribed));
    for (const id of pack.panels[panel]?.commands ?? [])
      if (!pack.commands[id]?.params) this.want(pack, id, panel, NO_PARAMS, seen, now);
    const asked = [...this.active.values()].filter(({ planned }) => planned.panels.includes(panel));
    for (const each of asked) {
      each.planned.wanted = true;
      if (!before.has(each)) each.planned.subscribed = false;
    }
    return asked;
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
      if (planned.held_why === "guard" || planned.held_why === "needs") continue;
      delete planned.held_until;
      planned.wanted = true;
    }
  }

  clear(): void {
    this.active.clear();
    this.choice.clear();
    this.capabilities = undefined;
    this.standsIn = false;
    this.left.clear();
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
    const index = this.choice.of(pack, id);
    if (def?.needs && pack.capabilities)
      this.want(pack, pack.capabilities.command, panel, NO_PARAMS, seen, now - FIRST_MS);
    const variant = index === undefined ? undefined : def?.variants[index];
    const built = index === undefined ? undefined : buildCommand(pack, id, index, params, seen);
    if (!def || !variant || !built?.ok) return false;
    const key = built.command.text;
    const had = this.active.get(key);
    if (had) {
      had.planned.subscribed = true;
      if (!had.planned.panels.includes(panel)) had.planned.panels.push(panel);
      return false;
    }
    const planned = { ...newPlanned(key, def.tier), panels: [panel], subscribed: true, next_due: now };
    // A guarded command waits for the size that its guard reports, one with needs for what the box has.
    if (def.guard) hold(planned, "guard");
    if (def.needs && pack.capabilities && (!this.capabilities || this.missing(def) !== undefined))
      hold(planned, "needs");
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

function hold(planned: PlannedCommand, why: string): void {
  planned.held_until = Number.POSITIVE_INFINITY;
  planned.held_why = why;
}

/** What the command needed is there; its size guard still has its word. */
function release(planned: PlannedCommand, def: CommandDef): void {
  delete planned.held_until;
  delete planned.held_why;
  if (def.guard) hold(planned, "guard");
}

/** Without parameters one set; with an interface, one per pinned port; with a VRF, one for each. */
function paramSets(def: CommandDef | undefined, { pins, vrfs }: PolledNames): ReadonlyMap<string, string>[] {
  if (!def?.params) return [NO_PARAMS];
  if (def.params.VRF !== undefined) return vrfs.slice(0, MAX_VRFS).map((name) => new Map([["VRF", name]]));
  return pins.slice(0, MAX_PINNED).map((name) => new Map([["IF", name]]));
}

/** Panels of these that an answer can change: those that poll the command and those that only use it. */
export function panelsUsing(pack: Pack, id: string, panels: ReadonlySet<PanelId>): PanelId[] {
  return [...panels].filter((panel) => {
    const entry = pack.panels[panel];
    return entry?.commands.includes(id) || entry?.also?.includes(id);
  });
}
