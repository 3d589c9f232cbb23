import type { LogEntry } from "../knowledge/panel-data.ts";
import { buildCommand, type SeenNames } from "../packs/build-command.ts";
import type { Pack } from "../packs/pack.ts";
import type { ActiveCommand } from "./command-set.ts";

const NO_NAMES: SeenNames = { interface: new Set(), vrf: new Set(), peer: new Set() };
/** What the box does not know or allow is not asked again on this connection. */
const FOR_GOOD: ReadonlySet<string> = new Set(["unsupported", "denied"]);

/** The time of an entry as its box takes it back: its own time of day, else seconds of the epoch. */
function timeOf({ at_text, at }: LogEntry): string | undefined {
  const clock = /\d+:\d\d:\d\d/.exec(at_text ?? "")?.[0];
  return clock ?? (at_text === undefined && at !== undefined ? String(Math.floor(at / 1_000)) : undefined);
}

/**
 * Which form of a log command is sent: the first time the whole of it, which is bounded, later what came since the newest
 * entry that it printed [T78]. Both are one command to the plan, with one record of cost and one place in the panel.
 */
export class LogIncrements {
  private readonly refused = new Set<string>();
  private readonly wholeNext = new Set<string>();

  /** The short form of a polled log command; nothing where the whole is due. */
  formOf(
    polled: ActiveCommand,
    last: LogEntry | undefined,
    { pack, variantOf }: { pack: Pack; variantOf: (id: string) => number | undefined },
  ): ActiveCommand | undefined {
    const id = polled.def.since;
    const time = last && timeOf(last);
    if (id === undefined || time === undefined || this.refused.has(id) || this.wholeNext.has(id)) return undefined;
    const [def, index] = [pack.commands[id], variantOf(id)];
    const variant = index === undefined ? undefined : def?.variants[index];
    const params = new Map([["TIME", time]]);
    const built = index === undefined ? undefined : buildCommand(pack, id, index, params, NO_NAMES);
    if (!def || !variant || !built?.ok) return undefined;
    return { id, def, variant, params, command: built.command, planned: polled.planned };
  }

  /** The short form brought nothing to go on from: the whole is asked for next, or from now on. */
  failed(id: string, why: string): void {
    if (FOR_GOOD.has(why)) this.refused.add(id);
    else this.wholeNext.add(id);
  }

  /** An answer with these entries, before they are taken in; without the one that was known there may be a hole. */
  answered({ id, def }: ActiveCommand, entries: readonly LogEntry[], last: LogEntry | undefined): void {
    if (def.since !== undefined) this.wholeNext.delete(def.since);
    else if (last && !entries.some(({ cursor }) => cursor === last.cursor)) this.wholeNext.add(id);
  }

  clear(): void {
    this.refused.clear();
    this.wholeNext.clear();
  }
}
