import type { LogEntry } from "../knowledge/panel-data.ts";
import type { Pack } from "../packs/pack.ts";
import type { ParseResult } from "../parsers/result.ts";
import { linkUp, runEnded } from "../plan/plan-events.ts";
import { intervalMs, TIER_MS } from "../plan/plan-state.ts";
import type { Capture } from "../transcript/capture.ts";
import { type ActiveCommand, panelsUsing } from "./command-set.ts";
import { contradiction } from "./detection.ts";
import { settleNames } from "./names.ts";
import { failedSourceOf, panelData, sourceOf } from "./reading.ts";
import type { Running } from "./runner.ts";
import type { SessionEffect } from "./session.ts";
import type { CollectorState } from "./state.ts";
import { runOutcome, type Understood, understand, understandFull } from "./understand.ts";
import { panelCommands, seenNames, speedsOf } from "./updates.ts";
import { sourceInWallTime } from "./wall-time.ts";

/** So many answers over exec that nothing was understood of, with none understood before, mean that exec is no use. */
const USELESS_EXECS = 2;
/** With at most this many lines free telemetry asks before it goes on [T59]. */
const MIN_FREE_LINES = 1;
/** A capture that a pager spoiled is asked for again after this time. */
const PAGED_HOLD_MS = 5_000;

/** Draws the consequences of answers: readings, costs, holds, fallbacks, answers to tickets. */
export class Reactor {
  private readonly state: CollectorState;
  private understoodAny = false;
  private misses = 0;

  constructor(state: CollectorState) {
    this.state = state;
  }

  /** A command of the pack was answered, or given up. */
  captured(running: Running | undefined, capture: Capture, at: number): SessionEffect[] {
    const { session, intake, announcer, out, plan, commands } = this.state;
    this.logged(intake.events.addLines(capture.log_lines), at);
    const { pack } = session;
    if (!running || !pack) return [];
    const { active } = running;
    const stranger = this.stranger(active, capture, pack);
    if (stranger !== undefined) return this.contradicted(stranger, pack, capture, at);
    const understood =
      running.ask && active.def.full ? understandFull(capture, active, pack) : understand(capture, active, pack);
    const why = understood.ok ? "ok" : understood.why;
    out.outcome(capture, why);
    const suspended = runEnded(plan, active.planned.key, at, {
      outcome: runOutcome(why),
      ms: capture.done_at - capture.sent_at,
      echoMs: session.channel?.echoMs ?? 0,
      bytes: capture.bytes,
      together: pack.session.hangs_together === true,
    });
    if (why === "timeout" && pack.session.hangs_together) this.allHang(active, capture, pack);
    if (suspended.length > 0) announcer.touchAll();
    this.understoodAny ||= understood.ok;
    if (why === "parse" || why === "error") this.misses++;
    if (running.ask) this.answered(running, capture, understood, at);
    if (!running.ask || commands.active.get(active.planned.key)?.planned === active.planned) {
      this.polled(active, capture, understood, pack, at);
      if (why === "paged") active.planned.held_until = at + PAGED_HOLD_MS;
    }
    if (pack.capabilities?.command === active.id && why !== "gap") this.capable(pack, capture, understood.ok);
    if (why === "limit") this.pause(understood.ok ? undefined : understood.hint);
    for (const panel of [...panelsUsing(pack, active.id, announcer.panels), "collector" as const, "audit" as const])
      announcer.touch(panel);
    return this.execUseless(at);
  }

  /** What detection already has is not asked for again. */
  seed(at: number): void {
    const { pack } = this.state.session;
    const { asked } = this.state.intake.results;
    for (const [command, capture] of asked) {
      const active = this.state.commands.active.get(command);
      const understood = active && pack && understand(capture, active, pack);
      if (!active || !understood?.ok) continue;
      active.planned.last_start = capture.sent_at;
      active.planned.ok++;
      this.good(active, capture, understood.result, at);
    }
    if (pack?.id !== "unknown") asked.clear();
  }

  /** Log entries that are new. */
  logged(entries: LogEntry[], at: number): void {
    if (entries.length === 0) return;
    this.state.out.push({ type: "log", entries });
    const up = entries.some(({ mnemonic, text }) => mnemonic === "UPDOWN" && text.endsWith("changed state to up"));
    if (up) linkUp(this.state.plan, at);
    this.state.announcer.touch("log");
  }

  /** What speaks against the platform, in the answer that tells it [T62]; a person's choice is not doubted. */
  private stranger(active: ActiveCommand, capture: Capture, pack: Pack): string | undefined {
    if (this.state.session.chosen || !capture.complete || active.id !== pack.panels.device_info?.commands[0])
      return undefined;
    return contradiction(pack, `${capture.text}\n${capture.stderr}`);
  }

  /** Another box, or another login shell, than was remembered: nothing more is sent until a person has looked. */
  private contradicted(evidence: string, pack: Pack, capture: Capture, at: number): SessionEffect[] {
    const { out, intake, session, plan } = this.state;
    out.outcome(capture, "contradiction");
    plan.running = false;
    intake.results.clear();
    intake.results.keepAnswer(capture);
    session.forget();
    this.state.sync(at);
    const text = `This was taken for ${pack.title}, but it answers "${evidence}". Choose the platform, or connect again to have it found anew.`;
    return [{ type: "ended", reason: "needs_user", text }];
  }

  /** Nothing more by itself until a person says so [T47] [T59]. */
  private pause(why = "The device has no line or session to spare: telemetry waits for your word."): void {
    this.state.plan.paused = true;
    this.state.pausedWhy = why;
    this.state.announcer.touchAll();
  }

  /** Lines that the box has left for others; one is kept for whoever has to get in [T59]. */
  private linesSeen(at: number): void {
    const data = panelData("users", panelCommands(this.state.sources(at), "users"))?.data;
    const vtys = data?.lines?.filter(({ line }) => /vty/i.test(line)).length;
    const total = data?.lines_total;
    const free = data?.lines_free ?? (total === undefined || vtys === undefined ? undefined : total - vtys);
    if (free === undefined || free > MIN_FREE_LINES || this.state.linesAccepted) return;
    const count = free <= 0 ? "No line of this device is" : "Only one line of this device is";
    this.pause(`${count} free for others. Go on only if nobody else has to get in.`);
  }

  /** The box said what it has; when it did not, everything is tried [T62]. */
  private capable(pack: Pack, capture: Capture, understood: boolean): void {
    const gives = Object.entries(pack.capabilities?.gives ?? {});
    const found = gives.flatMap(([name, re]) => (new RegExp(re, "m").test(capture.text) ? [name] : []));
    this.state.commands.capable(pack, understood ? new Set(found) : undefined);
    this.state.capabilities = understood ? capture : undefined;
    this.state.announcer.touchAll();
    this.state.sync(capture.done_at);
  }

  /** The version that a reading names decides which way to ask is tried first [T64]. */
  private versionSeen(active: ActiveCommand, pack: Pack, result: ParseResult & { ok: true }, at: number): void {
    const version = result.data.device_info?.os_version;
    if (version === undefined) return;
    const { identity, commands } = this.state;
    const which = pack.id === "linux" && active.def.daemon !== undefined ? "beside" : "own";
    if (identity.versionSeen(which, version) && commands.use(pack, identity.versions)) this.state.sync(at);
  }

  /** An answer for the panels. */
  private polled(active: ActiveCommand, capture: Capture, understood: Understood, pack: Pack, at: number): void {
    const { commands, intake } = this.state;
    if (understood.ok) {
      commands.weigh(pack, active);
      this.good(active, capture, understood.result, at);
      this.versionSeen(active, pack, understood.result, at);
      if (understood.result.data.users) this.linesSeen(at);
    } else if (understood.why !== "timeout" && understood.why !== "gap" && this.isIncrement(active))
      this.wholeLog(active, understood.why, pack, at);
    else if (understood.why === "unsupported" && commands.nextVariant(pack, active.id)) this.state.sync(at);
    else intake.results.keepFailed(active.planned.key, capture, understood.why, understood.result, understood.hint);
  }

  private isIncrement(active: ActiveCommand): boolean {
    const polled = this.state.commands.active.get(active.planned.key);
    return polled?.def.since === active.id;
  }

  /** What came since the last entry was refused, or is not there any more: the whole log says what there is [T78]. */
  private wholeLog({ id, planned }: ActiveCommand, why: string, pack: Pack, at: number): void {
    const { commands, increments } = this.state;
    if (why !== "unsupported" || !commands.nextVariant(pack, id)) increments.failed(id, why);
    delete planned.held_until;
    delete planned.held_why;
    delete planned.last_start;
    planned.next_due = at;
  }

  /** No command would get an answer: all panels say so, with what hangs as their source [T44]. */
  private allHang(hung: ActiveCommand, capture: Capture, pack: Pack): void {
    const { commands, intake, announcer } = this.state;
    for (const active of commands.active.values()) {
      // What is not asked for another reason keeps that.
      if (active === hung || active.planned.held_why !== "hung") continue;
      const understood = understand(capture, active, pack);
      if (!understood.ok) intake.results.keepFailed(active.planned.key, capture, "timeout", undefined, understood.hint);
    }
    announcer.touchAll();
  }

  /** An answer for whoever asked; another way to ask is tried before the box is said not to know it [T64]. */
  private answered({ active, ask }: Running, capture: Capture, understood: Understood, at: number): void {
    const { asks, commands, session, out, intake } = this.state;
    if (!ask) return;
    const why = understood.ok ? "ok" : understood.why;
    if ((why === "gap" || why === "paged") && asks.again(ask)) return;
    if (why === "unsupported" && session.pack && commands.nextVariant(session.pack, active.id)) {
      this.state.sync(at);
      asks.otherVariant(ask);
      return;
    }
    // A full table would push every other raw answer out [T6].
    if (!active.def.full) intake.results.keepAnswer(capture);
    const { ticket } = ask;
    if (understood.ok) {
      const { data, trace } = understood.result;
      const { ahead } = this.state;
      const source = sourceInWallTime(sourceOf({ capture, fragment: data, trace, form: active.variant.form }), ahead);
      const prefixes = session.pack?.interfaces.prefixes ?? [];
      const table = { parser: active.variant.parser, params: [...active.params], prefixes, text: capture.text };
      const more = active.def.full ? { table } : {};
      out.answer({ ticket, outcome: "ok", capture: capture.id, source, data, rows: trace.rows, ...more }, at);
      return;
    }
    const failed = { capture, why, ...(understood.result ? { trace: understood.result.trace } : {}) };
    const source = sourceInWallTime(failedSourceOf(failed), this.state.ahead);
    const hint = understood.hint === undefined ? {} : { hint: understood.hint };
    out.answer({ ticket, outcome: why, capture: capture.id, source, ...hint }, at);
  }

  private good(active: ActiveCommand, capture: Capture, said: ParseResult & { ok: true }, at: number): void {
    const { plan, intake, announcer, session } = this.state;
    const { pack } = session;
    const known = (): ReadonlySet<string> => seenNames(this.state.sources(at)).interface;
    const result = pack ? settleNames(said, pack, { form: active.variant.form, known }) : said;
    const before = result.data.ifstate ? this.portsUp(at) : undefined;
    if (result.data.log) this.state.increments.answered(active, result.data.log.entries, intake.events.last);
    const { log, guardChanged } = intake.good(active, capture, result, {
      intervalMs: intervalMs(active.planned, plan) ?? TIER_MS.C,
      speeds: speedsOf(this.state.sources(at)),
      counterBits: session.pack?.counter_bits,
      refreshMs: session.pack?.counter_refresh_s === undefined ? undefined : session.pack.counter_refresh_s * 1_000,
    });
    this.logged(log, at);
    if (before) for (const [name, up] of this.portsUp(at)) if (up && before.get(name) === false) linkUp(plan, at);
    if (guardChanged) {
      plan.throttled = intake.guard.throttled;
      announcer.touchAll();
    }
    // Pins are interface names, and those may be asked about only once a reading has shown them [T63].
    const named = result.data.ifstate !== undefined && this.state.pins.length > 0;
    if (named || result.data.vrfs) this.state.sync(at);
  }

  /** Ports by name that are known to be up or not. */
  private portsUp(at: number): Map<string, boolean> {
    const rows = panelData("ifstate", panelCommands(this.state.sources(at), "ifstate"))?.data.rows ?? [];
    return new Map(rows.flatMap(({ name, oper }) => (oper === undefined ? [] : [[name, oper === "up"]])));
  }

  /** An account that may not run commands answers each exec with the same refusal: the shell may still work. */
  private execUseless(at: number): SessionEffect[] {
    if (this.understoodAny || this.misses !== USELESS_EXECS) return [];
    for (const { planned } of this.state.commands.active.values())
      if (planned.errors > 0) Object.assign(planned, { last_start: undefined, next_due: at });
    return this.state.session.execUseless(at);
  }
}
