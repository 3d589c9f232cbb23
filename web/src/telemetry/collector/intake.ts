import type { LogEntry } from "../knowledge/panel-data.ts";
import type { Fragment, ParseResult } from "../parsers/result.ts";
import { ticksSeen } from "../plan/plan-events.ts";
import type { Capture } from "../transcript/capture.ts";
import type { ActiveCommand, CommandSet } from "./command-set.ts";
import { Deriver, type SampleContext } from "./derive.ts";
import { EventLog } from "./event-log.ts";
import { LoadGuard } from "./load-guard.ts";
import { ResultStore } from "./result-store.ts";

/** What an understood answer leads to besides its own readings. */
export type Consequences = { log: LogEntry[]; guardChanged: boolean };

/** An uptime that falls by more than this means a reload, seconds [T16]. */
const UPTIME_SLACK_S = 60;

/** At least one port has a rate; ports that count nothing never have one. */
function hasRates({ ifcounters, traffic }: Fragment): boolean {
  const rows = [...(ifcounters?.rows ?? []), ...(traffic?.rows ?? [])];
  return rows.some(({ in_bps, out_bps }) => in_bps !== undefined || out_bps !== undefined);
}

/** Takes understood answers in: rates, results, log, back-off, size guards. */
export class Intake {
  readonly results = new ResultStore();
  readonly events = new EventLog();
  readonly guard = new LoadGuard();
  readonly deriver = new Deriver();
  private readonly commands: CommandSet;
  private uptime: { at: number; s: number } | undefined;

  constructor(commands: CommandSet) {
    this.commands = commands;
  }

  /** An answer that was understood. */
  good(
    active: ActiveCommand,
    capture: Capture,
    result: ParseResult & { ok: true },
    context: Omit<SampleContext, "ts" | "late" | "pinned">,
  ): Consequences {
    const { data, trace } = result;
    if (data.device_info?.uptime_s !== undefined) this.uptimeSeen(data.device_info.uptime_s, capture.ts);
    const { ts, late } = capture;
    const fragment = this.deriver.derive(data, { ts, late, ...context, pinned: active.params.has("IF") });
    if (data.cpu_ticks) ticksSeen(active.planned, fragment.cpu?.busy_pct !== undefined, capture.done_at);
    else if (data.ifcounters?.rows) ticksSeen(active.planned, hasRates(fragment), capture.done_at);
    this.results.keepGood(active.planned.key, { capture, fragment, trace, form: active.variant.form });
    if (fragment.fib_guard !== undefined) this.guarded(active, fragment.fib_guard, capture);
    return {
      log: fragment.log ? this.events.addFetched(fragment.log.entries) : [],
      guardChanged: fragment.cpu !== undefined && this.guard.reading(fragment.cpu),
    };
  }

  /** A box that was up for less long than it should be was reloaded: nothing continues. */
  private uptimeSeen(s: number, at: number): void {
    const before = this.uptime;
    this.uptime = { at, s };
    if (before && s + UPTIME_SLACK_S < before.s + (at - before.at) / 1000) this.deriver.reset();
  }

  /** A size guard's answer lets the guarded commands go, or says why not. */
  private guarded(guard: ActiveCommand, size: number, capture: Capture): void {
    for (const { def, planned } of this.commands.active.values()) {
      if (def.guard?.command !== guard.id) continue;
      if (size < def.guard.below) {
        if (planned.held_why === "guard") {
          delete planned.held_until;
          delete planned.held_why;
        }
        continue;
      }
      planned.held_until = Number.POSITIVE_INFINITY;
      planned.held_why = "guard";
      const hint = `The table has about ${size} prefixes: too many to read it every time.`;
      this.results.keepFailed(planned.key, capture, "limit", undefined, hint);
    }
  }
}
