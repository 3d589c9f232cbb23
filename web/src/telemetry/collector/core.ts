import type { PanelId } from "../knowledge/panel-data.ts";
import type { Pack } from "../packs/pack.ts";
import { plan } from "../plan/plan.ts";
import { type RunResult, runEnded, runStarted } from "../plan/plan-events.ts";
import { intervalMs, type PlanState, TIER_MS } from "../plan/plan-state.ts";
import type { Capture } from "../transcript/capture.ts";
import { DEFAULT_LIMITS } from "../transcript/limits.ts";
import { AuditLog } from "./audit-log.ts";
import { type ActiveCommand, CommandSet, MAX_PINNED } from "./command-set.ts";
import { Deriver } from "./derive.ts";
import { EventLog } from "./event-log.ts";
import type { CollectorEffect, CollectorEvent, CollectorInput, CollectorPhase } from "./events.ts";
import { LoadGuard } from "./load-guard.ts";
import { judge, panelData } from "./reading.ts";
import { ResultStore } from "./result-store.ts";
import { Session, type SessionEffect } from "./session.ts";
import { understand } from "./understand.ts";
import { nextStale, panelCommands, type ReadingSources, readingOf, tableRows, updateOf } from "./updates.ts";

/** Echo slower than this while the user types makes telemetry step back, milliseconds [T53]. */
const SLOW_ECHO_MS = 300;
/** An uptime that falls by more than this means a reload, seconds [T16]. */
const UPTIME_SLACK_S = 60;
/** A capture that a pager spoiled is asked for again after this time. */
const PAGED_HOLD_MS = 5_000;

/** The collector's state and rules; `createCollector` gives it its public shape. */
export class CollectorCore {
  readonly audit = new AuditLog();
  private readonly session: Session;
  private readonly commands = new CommandSet();
  private readonly results = new ResultStore();
  private readonly events = new EventLog();
  private readonly guard = new LoadGuard();
  private readonly deriver = new Deriver();
  private readonly planState: PlanState;
  private readonly device: string;
  private panels = new Set<PanelId>();
  private pins: string[] = [];
  private readonly dirty = new Set<PanelId>();
  private running: { active: ActiveCommand; auditSeq: number } | undefined;
  private suspended = true;
  private endedWhy: string | undefined;
  private phase: CollectorPhase | undefined;
  private seq = 0;
  private wakeAt = Number.POSITIVE_INFINITY;
  private bytesTotal = 0;
  private uptime: { at: number; s: number } | undefined;
  private pendingAudit: number | undefined;
  private out: CollectorEffect[] = [];

  constructor(input: CollectorInput) {
    this.device = input.device;
    this.session = new Session(input.nonce, input.platform ?? input.remembered?.platform);
    this.planState = {
      commands: [],
      running: false,
      paused: false,
      throttled: false,
      hidden: false,
      typingSlow: false,
      profile: input.profile,
      startedAt: input.now,
      runs: [],
      bucket: { tokens: 2, at: input.now, rate_per_s: 1, burst: 2 },
    };
  }

  handle(event: CollectorEvent): CollectorEffect[] {
    const { at } = event;
    this.out = [];
    if (this.endedWhy === undefined || event.type === "opened") {
      this.take(event, at);
      if (!this.suspended) this.pump(at);
      this.emit(at);
    }
    return this.out;
  }

  capture(id: string): Capture | undefined {
    return this.results.capture(id);
  }

  sources(at: number): ReadingSources {
    const device = {
      now: at,
      paused: this.planState.paused,
      throttled: this.planState.throttled,
      suspended: this.suspended,
    };
    return {
      pack: this.session.pack,
      commands: this.commands,
      results: this.results,
      plan: this.planState,
      audit: this.audit,
      events: this.events,
      guard: this.guard,
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
        this.deriver.reset();
        if (event.fresh || !session.channel) {
          this.dropRun(at);
          this.apply(session.opened(event.transport, event.ident, at), at);
        }
        this.touchAll();
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
        this.touchAll();
        break;
      case "resumed":
        this.suspended = false;
        this.deriver.reset();
        this.touchAll();
        break;
      case "gap":
        this.deriver.reset();
        this.apply(
          session.event((channel) => channel.gap(at), at),
          at,
        );
        break;
      case "closed":
        this.suspended = true;
        this.deriver.reset();
        this.dropRun(at);
        session.closed();
        this.touchAll();
        break;
      case "subscribe":
        for (const panel of event.panels) if (!this.panels.has(panel)) this.dirty.add(panel);
        this.panels = new Set(event.panels);
        this.sync(at);
        break;
      case "pin":
        this.pins = event.interfaces.slice(0, MAX_PINNED);
        this.sync(at);
        this.dirty.add("traffic");
        break;
      case "refresh":
        this.refresh(event.panel);
        break;
      case "pause":
      case "continue":
        planState.paused = event.type === "pause";
        this.touchAll();
        break;
      case "profile":
        planState.profile = event.profile;
        this.touchAll();
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
        this.apply(session.tick(at), at);
        break;
    }
  }

  /** Carries out what the session wants. */
  private apply(effects: SessionEffect[], at: number): void {
    for (const effect of effects) {
      switch (effect.type) {
        case "write": {
          const { bytes, purpose, text } = effect.write;
          this.pendingAudit = this.audit.add(at, text, purpose);
          this.out.push({ type: "write", bytes, purpose, text });
          break;
        }
        case "exec":
          this.pendingAudit = this.audit.add(at, effect.command, "exec");
          this.out.push(effect);
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
          this.logged(effect.lines);
          break;
        case "asked":
          this.outcome(this.pendingAudit, effect.capture);
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
          if (remembered) this.results.clear();
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
    this.touchAll();
  }

  private outcome(seq: number | undefined, capture: Capture, outcome: string = capture.outcome): void {
    if (seq !== undefined)
      this.audit.outcome(seq, {
        outcome,
        ms: capture.done_at - capture.sent_at,
        bytes: capture.bytes,
        capture: capture.id,
      });
  }

  private packChanged(pack: Pack, at: number): void {
    this.commands.clear();
    this.planState.bucket = { tokens: 2, at, rate_per_s: pack.session.rate_per_s, burst: 2 };
    this.sync(at);
    this.touchAll();
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
    this.commands.sync(pack, this.panels, this.pins, { interface: names, vrf: new Set(), peer: new Set() }, at);
    this.planState.commands = [...this.commands.active.values()].map(({ planned }) => planned);
  }

  private refresh(panel: PanelId | undefined): void {
    for (const { planned } of this.commands.active.values()) {
      if (panel ? !planned.panels.includes(panel) : !planned.subscribed || planned.tier === "L") continue;
      // A person asks again: a refusal or a hang no longer counts against the command.
      if (planned.held_why !== "guard") delete planned.held_until;
      planned.wanted = planned.held_why !== "guard";
    }
  }

  private dropRun(at: number): void {
    if (!this.running) return;
    const { active } = this.running;
    this.running = undefined;
    runEnded(this.planState, active.planned.key, at, {
      outcome: "error",
      ms: at - (active.planned.last_start ?? at),
      echoMs: 0,
      bytes: 0,
    });
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
    if (!begun) return;
    runStarted(this.planState, active.planned.key, at);
    this.running = { active, auditSeq: 0 };
    this.apply(begun, at);
    if (this.running) this.running.auditSeq = this.pendingAudit ?? 0;
  }

  private captured(capture: Capture, at: number): void {
    this.logged(capture.log_lines);
    const { running } = this;
    this.running = undefined;
    const { pack } = this.session;
    if (!running || !pack) return;
    const { active } = running;
    const understood = understand(capture, active, pack);
    const why = understood.ok ? "ok" : understood.why;
    this.outcome(running.auditSeq, capture, why);
    const ms = capture.done_at - capture.sent_at;
    const outcome: RunResult["outcome"] =
      why === "ok" ||
      why === "timeout" ||
      why === "unsupported" ||
      why === "denied" ||
      why === "gated" ||
      why === "limit"
        ? why
        : "error";
    runEnded(this.planState, active.planned.key, at, {
      outcome,
      ms,
      echoMs: this.session.channel?.echoMs ?? 0,
      bytes: capture.bytes,
    });
    const panels = this.panelsOf(pack, active);
    if (understood.ok) this.good(active, capture, understood.result, at);
    else if (why === "unsupported" && this.commands.nextVariant(pack, active.id)) this.sync(at);
    else this.results.keepFailed(active.planned.key, capture, why, understood.result, understood.hint);
    if (why === "paged") active.planned.held_until = at + PAGED_HOLD_MS;
    if (why === "limit") this.planState.paused = true;
    for (const panel of [...panels, "collector" as const, "audit" as const]) this.dirty.add(panel);
  }

  /** Panels that an answer can change: those that poll the command and those that only use it. */
  private panelsOf(pack: Pack, active: ActiveCommand): PanelId[] {
    return [...this.panels].filter((panel) => {
      const entry = pack.panels[panel];
      return entry?.commands.includes(active.id) || entry?.also?.includes(active.id);
    });
  }

  private good(
    active: ActiveCommand,
    capture: Capture,
    result: Extract<ReturnType<typeof understand>, { ok: true }>["result"],
    at: number,
  ): void {
    const info = result.data.device_info;
    if (info?.uptime_s !== undefined) this.uptimeSeen(info.uptime_s, capture.ts);
    const planned = intervalMs(active.planned, this.planState) ?? TIER_MS.C;
    const fragment = this.deriver.derive(result.data, {
      ts: capture.ts,
      late: capture.late,
      intervalMs: planned,
      speeds: this.speeds(at),
      pinned: active.params.has("IF"),
    });
    this.results.keepGood(active.planned.key, { capture, fragment, trace: result.trace, form: active.variant.form });
    if (fragment.log) this.logged([], fragment.log.entries);
    if (fragment.fib_guard !== undefined) this.guarded(active, fragment.fib_guard, capture);
    if (fragment.cpu && this.guard.reading(fragment.cpu)) {
      this.planState.throttled = this.guard.throttled;
      this.touchAll();
    }
    if (fragment.ifstate && this.pins.length > 0) this.sync(at);
  }

  private uptimeSeen(s: number, at: number): void {
    const before = this.uptime;
    this.uptime = { at, s };
    if (before && s + UPTIME_SLACK_S < before.s + (at - before.at) / 1000) this.deriver.reset();
  }

  /** A size guard's answer lets the guarded commands go, or says why not. */
  private guarded(guard: ActiveCommand, size: number, capture: Capture): void {
    for (const active of this.commands.active.values()) {
      const limit = active.def.guard;
      if (!limit || limit.command !== guard.id) continue;
      if (size < limit.below) {
        if (active.planned.held_why === "guard") Object.assign(active.planned, { held_until: 0 });
        delete active.planned.held_why;
        continue;
      }
      Object.assign(active.planned, { held_until: Number.POSITIVE_INFINITY, held_why: "guard" });
      this.results.keepFailed(
        active.planned.key,
        capture,
        "limit",
        undefined,
        `The table has about ${size} prefixes: too many to read it every time.`,
      );
    }
  }

  private speeds(at: number): ReadonlyMap<string, number> {
    const rows = panelData("ifstate", panelCommands(this.sources(at), "ifstate"))?.data.rows ?? [];
    return new Map(rows.flatMap((row) => (row.speed_bps === undefined ? [] : [[row.name, row.speed_bps]])));
  }

  private logged(lines: readonly string[], entries?: Parameters<EventLog["add"]>[0]): void {
    const fresh = entries ? this.events.add(entries) : this.events.addLines(lines);
    if (fresh.length === 0) return;
    this.out.push({ type: "log", entries: fresh });
    this.dirty.add("log");
  }

  private touchAll(): void {
    for (const panel of this.panels) this.dirty.add(panel);
  }

  private phaseNow(): { phase: CollectorPhase; reason?: string } {
    if (this.endedWhy !== undefined) return { phase: "ended", reason: this.endedWhy };
    if (this.suspended) return { phase: "suspended" };
    if (this.session.detecting) return { phase: "detecting" };
    if (this.planState.paused && !this.running) return { phase: "paused" };
    if (this.running) return { phase: "running" };
    return this.planState.throttled ? { phase: "throttled" } : { phase: "waiting" };
  }

  /** Phase, changed readings and the next wake-up, in this order. */
  private emit(at: number): void {
    const next = this.phaseNow();
    if (next.phase !== this.phase) {
      this.phase = next.phase;
      this.out.push({ type: "phase", ...next });
    }
    const sources = this.sources(at);
    this.markStale(sources);
    for (const panel of this.panels) {
      if (!this.dirty.has(panel)) continue;
      this.seq++;
      this.out.push({ type: "reading", update: updateOf(this.device, this.seq, readingOf(sources, panel)) });
    }
    this.dirty.clear();
    this.setWake(sources, at);
  }

  private readonly staleTold = new Map<PanelId, boolean>();

  /** A panel that turned stale by age is told once. */
  private markStale(sources: ReadingSources): void {
    for (const panel of this.panels) {
      if (panel === "collector" || panel === "audit") continue;
      const stale = judge(panelCommands(sources, panel), [], sources.device).status === "stale";
      if (stale !== (this.staleTold.get(panel) ?? false)) this.dirty.add(panel);
      this.staleTold.set(panel, stale);
    }
  }

  private setWake(sources: ReadingSources, at: number): void {
    const times = [nextStale(sources, this.panels)];
    if (!this.suspended && this.endedWhy === undefined) {
      times.push(this.session.deadline());
      const action = this.session.ready && !this.running ? plan(this.planState, at) : undefined;
      if (action) times.push("run" in action ? at + 1 : action.wait_until);
    }
    const known = times.filter((time) => time !== undefined);
    const wake = known.length === 0 ? Number.POSITIVE_INFINITY : Math.max(at + 1, Math.min(...known));
    if (wake === this.wakeAt && wake > at) return;
    this.wakeAt = wake;
    this.out.push({ type: "wake_at", at: wake });
  }
}
