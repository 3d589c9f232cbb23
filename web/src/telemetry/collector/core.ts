import type { AuditEntry, LogEntry, PanelId } from "../knowledge/panel-data.ts";
import type { Pack } from "../packs/pack.ts";
import type { ParseResult } from "../parsers/result.ts";
import { plan } from "../plan/plan.ts";
import { runEnded, runStarted } from "../plan/plan-events.ts";
import { intervalMs, newPlanState, type PlanState, TIER_MS } from "../plan/plan-state.ts";
import type { Capture } from "../transcript/capture.ts";
import { DEFAULT_LIMITS } from "../transcript/limits.ts";
import { Announcer } from "./announcer.ts";
import { type ActiveCommand, CommandSet, MAX_PINNED, panelsUsing } from "./command-set.ts";
import type { CollectorEffect, CollectorEvent, CollectorInput, CollectorPhase } from "./events.ts";
import { Intake } from "./intake.ts";
import { Outbox } from "./outbox.ts";
import { Session, type SessionEffect } from "./session.ts";
import { runOutcome, understand } from "./understand.ts";
import { type ReadingSources, speedsOf, tableRows } from "./updates.ts";

/** Echo slower than this while the user types makes telemetry step back, milliseconds [T53]. */
const SLOW_ECHO_MS = 300;
/** So many answers over exec that nothing was understood of, with none understood before, mean that exec is no use. */
const USELESS_EXECS = 2;
/** A line that was not at its prompt is tried again after this time. */
const BEGIN_AGAIN_MS = 1_000;
/** A capture that a pager spoiled is asked for again after this time. */
const PAGED_HOLD_MS = 5_000;

/** The collector's state and rules; `createCollector` gives it its public shape. */
export class CollectorCore {
  private readonly session: Session;
  private readonly commands = new CommandSet();
  private readonly intake = new Intake(this.commands);
  private readonly announcer: Announcer;
  private readonly planState: PlanState;
  private pins: string[] = [];
  private running: ActiveCommand | undefined;
  private suspended = true;
  private suspendedAt = 0;
  private endedWhy: "needs_user" | "prompt" | "no_transport" | undefined;
  private bytesTotal = 0;
  private understoodAny = false;
  private misses = 0;
  private readonly out = new Outbox();

  constructor(input: CollectorInput) {
    this.announcer = new Announcer(input.device);
    this.session = new Session(input.nonce, input.platform ? { platform: input.platform } : input.remembered);
    this.planState = newPlanState(input.profile, input.now);
  }

  handle(event: CollectorEvent): CollectorEffect[] {
    const { at } = event;
    if (this.endedWhy !== undefined && event.type !== "opened") return [];
    const ready = this.session.ready;
    this.take(event, at);
    if (event.type === "bytes" && this.out.empty && ready === this.session.ready) {
      this.out.push(...this.announcer.wakeFor(this.session.deadline(), at));
      return this.out.flush();
    }
    if (!this.suspended) this.pump(at);
    this.emit(at);
    return this.out.flush();
  }

  audit(): AuditEntry[] {
    return this.out.entries();
  }

  capture(id: string): Capture | undefined {
    return this.intake.results.capture(id);
  }

  sources(at: number): ReadingSources {
    const device = {
      now: at,
      paused: this.planState.paused,
      throttled: this.planState.throttled,
      suspended: this.suspended,
      ...(this.endedWhy === undefined ? {} : { ended: this.endedWhy }),
    };
    return {
      pack: this.session.pack,
      commands: this.commands,
      results: this.intake.results,
      plan: this.planState,
      audit: this.out.audit,
      events: this.intake.events,
      guard: this.intake.guard,
      bytesTotal: this.bytesTotal,
      transport: this.session.channel?.transport,
      device,
    };
  }

  rows(panel: PanelId, table: string, at: number): Record<string, unknown>[] {
    return tableRows(this.sources(at), panel, table);
  }

  private take(event: CollectorEvent, at: number): void {
    const { session, planState } = this;
    switch (event.type) {
      case "opened":
        this.suspended = false;
        this.endedWhy = undefined;
        this.intake.deriver.reset();
        if (event.fresh || !session.channel) {
          this.dropRun(at);
          this.apply(session.opened(event.transport, event.ident, at), at);
        }
        this.announcer.touchAll();
        break;
      case "bytes":
        this.bytesTotal += event.bytes.length;
        this.apply(
          session.event((channel) => channel.bytes(event.bytes, event.stderr, event.pos, at, event.late === true), at),
          at,
        );
        break;
      case "exec_started":
        session.channel?.started(event.id, event.at_pos, at);
        break;
      case "exec_done":
        this.apply(
          session.event((channel) => channel.done(event.id, event.at_pos, event.code ?? null, at), at),
          at,
        );
        break;
      case "transport_changed":
        this.apply(session.transportChanged(event.transport, at), at);
        break;
      case "failed":
        this.apply(session.failed(event.code, at), at);
        break;
      case "suspended":
        this.suspended = true;
        this.suspendedAt = at;
        this.announcer.touchAll();
        break;
      case "resumed":
        if (this.suspended) session.channel?.rested(at - this.suspendedAt, at);
        this.suspended = false;
        this.intake.deriver.reset();
        this.announcer.touchAll();
        break;
      case "unwritten":
      case "gap":
        if (event.type === "unwritten") this.out.unwritten(event.writes);
        this.intake.deriver.reset();
        this.apply(
          session.event((channel) => channel.gap(at), at),
          at,
        );
        break;
      case "closed":
        this.suspended = true;
        this.intake.deriver.reset();
        this.dropRun(at);
        session.closed();
        this.announcer.touchAll();
        break;
      case "subscribe":
        this.announcer.show(event.panels);
        this.sync(at);
        break;
      case "pin":
        this.pins = event.interfaces.slice(0, MAX_PINNED);
        this.sync(at);
        this.announcer.touch("traffic");
        break;
      case "refresh":
        this.commands.refresh(event.panel);
        break;
      case "pause":
      case "continue":
        planState.paused = event.type === "pause";
        this.announcer.touchAll();
        break;
      case "profile":
        planState.profile = event.profile;
        this.announcer.touchAll();
        break;
      case "visibility":
        planState.hidden = event.hidden;
        break;
      case "choose_platform":
        this.apply(session.choose(event.platform, at), at);
        break;
      case "ssh1_echo":
        planState.typingSlow = event.typing && event.echo_ms > SLOW_ECHO_MS;
        break;
      case "wake":
        this.announcer.timerSpent();
        // While the link is away nothing can be said to take too long.
        if (!this.suspended) this.apply(session.tick(at), at);
        break;
    }
  }

  /** Carries out what the session wants. */
  private apply(effects: SessionEffect[], at: number): void {
    for (const effect of effects) {
      switch (effect.type) {
        case "write":
          this.out.write(effect.write, at);
          break;
        case "exec":
          this.out.exec(effect.id, effect.command, at);
          break;
        case "exec_cancel":
        case "set_transport":
          this.out.push(effect);
          break;
        case "close":
          this.out.push({ type: "close_channel", reason: effect.reason });
          break;
        case "stuck":
          this.end("no_transport", effect.reason);
          break;
        case "ended":
          this.end(effect.reason, effect.text);
          break;
        case "async":
          this.logged(this.intake.events.addLines(effect.lines));
          break;
        case "asked":
          this.out.outcome(effect.capture, effect.capture.outcome);
          if (effect.capture.complete) this.intake.results.asked.set(effect.capture.command, effect.capture);
          break;
        case "detected": {
          const { detected, remembered } = effect;
          this.packChanged(detected.pack, at);
          this.out.push({
            type: "platform",
            platform: detected.platform,
            evidence: detected.evidence,
            remembered: this.session.remember(detected),
          });
          if (remembered) this.intake.results.clear();
          else this.seed(at);
          break;
        }
        case "captured":
          this.captured(effect.capture, at);
          break;
      }
    }
  }

  private end(reason: "needs_user" | "prompt" | "no_transport", text: string): void {
    this.endedWhy = reason;
    this.out.push({ type: "ended", reason, text });
    this.announcer.touchAll();
  }

  private packChanged(pack: Pack, at: number): void {
    this.commands.clear();
    this.planState.bucket = { tokens: 2, at, rate_per_s: pack.session.rate_per_s, burst: 2 };
    this.sync(at);
    this.announcer.touchAll();
  }

  /** What detection already has is not asked for again. */
  private seed(at: number): void {
    const { pack } = this.session;
    const { asked } = this.intake.results;
    for (const [command, capture] of asked) {
      const active = this.commands.active.get(command);
      const understood = active && pack && understand(capture, active, pack);
      if (!active || !understood?.ok) continue;
      active.planned.last_start = capture.sent_at;
      active.planned.ok++;
      this.good(active, capture, understood.result, at);
    }
    if (pack?.id !== "unknown") asked.clear();
  }

  /** Brings the planned commands in line with panels, pins and pack. */
  private sync(at: number): void {
    const { pack } = this.session;
    if (!pack) return;
    if (this.planState.bucket.rate_per_s !== pack.session.rate_per_s)
      this.planState.bucket.rate_per_s = pack.session.rate_per_s;
    const names = new Set(
      this.rows("ifstate", "rows", at).flatMap((row) => (typeof row.name === "string" ? [row.name] : [])),
    );
    this.commands.sync(
      pack,
      this.announcer.panels,
      this.pins,
      { interface: names, vrf: new Set(), peer: new Set() },
      at,
    );
    this.planState.commands = [...this.commands.active.values()].map(({ planned }) => planned);
  }

  private dropRun(at: number): void {
    if (!this.running) return;
    const active = this.running;
    this.running = undefined;
    const ms = at - (active.planned.last_start ?? at);
    runEnded(this.planState, active.planned.key, at, { outcome: "gap", ms, echoMs: 0, bytes: 0 });
  }

  /** Begins the next command, if the plan has one and the line is ready. */
  private pump(at: number): void {
    if (!this.session.ready || this.running) return;
    const action = plan(this.planState, at);
    if (!action || !("run" in action)) return;
    const active = this.commands.active.get(action.run);
    if (!active) return;
    const limits = { ...DEFAULT_LIMITS, ...(active.def.timeout_s ? { wholeMs: active.def.timeout_s * 1000 } : {}) };
    const job = {
      id: this.session.nextId("c"),
      command: active.command,
      limits,
      ...(active.def.log ? { isLog: true } : {}),
    };
    const begun = this.session.begin(job, at);
    if (!begun) {
      // The line is between two states (a log line redraws the prompt), or the command does not fit on it.
      active.planned.held_until = at + BEGIN_AGAIN_MS;
      return;
    }
    runStarted(this.planState, active.planned.key, at);
    this.running = active;
    this.apply(begun, at);
  }

  private captured(capture: Capture, at: number): void {
    this.logged(this.intake.events.addLines(capture.log_lines));
    const active = this.running;
    this.running = undefined;
    const { pack } = this.session;
    if (!active || !pack) return;
    const understood = understand(capture, active, pack);
    const why = understood.ok ? "ok" : understood.why;
    this.out.outcome(capture, why);
    const ms = capture.done_at - capture.sent_at;
    runEnded(this.planState, active.planned.key, at, {
      outcome: runOutcome(why),
      ms,
      echoMs: this.session.channel?.echoMs ?? 0,
      bytes: capture.bytes,
    });
    const panels = panelsUsing(pack, active.id, this.announcer.panels);
    this.understoodAny ||= understood.ok;
    if (why === "parse" || why === "error") this.misses++;
    if (understood.ok) this.commands.weigh(pack, active);
    if (understood.ok) this.good(active, capture, understood.result, at);
    else if (why === "unsupported" && this.commands.nextVariant(pack, active.id)) this.sync(at);
    else this.intake.results.keepFailed(active.planned.key, capture, why, understood.result, understood.hint);
    if (why === "paged") active.planned.held_until = at + PAGED_HOLD_MS;
    if (why === "limit") this.planState.paused = true;
    // An account that may not run commands answers each exec with the same refusal: the shell may still work.
    if (!this.understoodAny && this.misses === USELESS_EXECS) {
      for (const { planned } of this.commands.active.values())
        if (planned.errors > 0) Object.assign(planned, { last_start: undefined, next_due: at });
      this.apply(this.session.execUseless(at), at);
    }
    for (const panel of [...panels, "collector" as const, "audit" as const]) this.announcer.touch(panel);
  }

  private good(active: ActiveCommand, capture: Capture, result: ParseResult & { ok: true }, at: number): void {
    const planned = intervalMs(active.planned, this.planState) ?? TIER_MS.C;
    const { log, guardChanged } = this.intake.good(active, capture, result, {
      intervalMs: planned,
      speeds: speedsOf(this.sources(at)),
    });
    this.logged(log);
    if (guardChanged) {
      this.planState.throttled = this.intake.guard.throttled;
      this.announcer.touchAll();
    }
    // Pins are interface names, and those may be asked about only once a reading has shown them [T63].
    if (result.data.ifstate && this.pins.length > 0) this.sync(at);
  }

  private logged(entries: LogEntry[]): void {
    if (entries.length === 0) return;
    this.out.push({ type: "log", entries });
    this.announcer.touch("log");
  }

  private phaseNow(): { phase: CollectorPhase; reason?: string } {
    if (this.endedWhy !== undefined) return { phase: "ended", reason: this.endedWhy };
    if (this.suspended) return { phase: "suspended" };
    if (this.session.detecting) return { phase: "detecting" };
    if (this.planState.paused && !this.running) return { phase: "paused" };
    if (this.running) return { phase: "running" };
    return this.planState.throttled ? { phase: "throttled" } : { phase: "waiting" };
  }

  private emit(at: number): void {
    const idle = this.suspended || this.endedWhy !== undefined;
    const action = !idle && this.session.ready && !this.running ? plan(this.planState, at) : undefined;
    const next = action && ("run" in action ? at + 1 : action.wait_until);
    this.out.push(
      ...this.announcer.announce(this.phaseNow(), this.sources(at), idle ? undefined : this.session.deadline(), next),
    );
  }
}
