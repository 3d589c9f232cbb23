import type { AuditEntry, PanelId } from "../knowledge/panel-data.ts";
import type { Pack } from "../packs/pack.ts";
import { plan, takeToken, waitsForShare } from "../plan/plan.ts";
import type { Capture } from "../transcript/capture.ts";
import { MAX_PINNED } from "./command-set.ts";
import type { CollectorEffect, CollectorEvent, CollectorInput, CollectorPhase } from "./events.ts";
import { Reactor } from "./reactor.ts";
import { Runner } from "./runner.ts";
import type { SessionEffect } from "./session.ts";
import { CollectorState, type EndReason } from "./state.ts";
import { type ReadingSources, seenNames, tableRows } from "./updates.ts";
import { captureInWallTime } from "./wall-time.ts";

/** Echo slower than this while the user types makes telemetry step back, milliseconds [T53]. */
const SLOW_ECHO_MS = 300;

/** Wishes, and how the clocks stand: they hold while telemetry has ended, too. */
const LASTING: ReadonlySet<CollectorEvent["type"]> = new Set([
  "clock",
  "subscribe",
  "pin",
  "pause",
  "continue",
  "profile",
  "visibility",
  // Nothing is written for it then: the channel that ended is let go of first.
  "choose_platform",
]);

/**
 * Takes events and hands them on: the session talks to the device, `Runner` begins commands, `Reactor` draws the
 * consequences of answers, the announcer says what changed. `createCollector` gives it its public shape.
 */
export class CollectorCore {
  private readonly state: CollectorState;
  private readonly runner: Runner;
  private readonly reactor: Reactor;
  private suspendedAt = 0;

  constructor(input: CollectorInput) {
    this.state = new CollectorState(input);
    this.runner = new Runner(this.state);
    this.reactor = new Reactor(this.state);
  }

  handle(event: CollectorEvent): CollectorEffect[] {
    const { at } = event;
    const { state } = this;
    const { out, session } = state;
    if (state.endedWhy !== undefined && event.type !== "opened") {
      if (event.type === "ask") out.answer({ ticket: event.ticket, outcome: "ended" }, at);
      // What holds for a later connection as well is not told again when it comes.
      if (event.type === "choose_platform") session.closed();
      if (LASTING.has(event.type)) this.take(event, at);
      return out.flush();
    }
    const { ready } = session;
    this.take(event, at);
    if (event.type === "bytes" && out.quiet && ready === session.ready) {
      out.push(...state.announcer.wakeFor(session.deadline(), at));
      return out.flush();
    }
    if (!state.suspended && state.endedWhy === undefined) this.apply(this.runner.pump(at), at);
    this.emit(at);
    return out.flush();
  }

  audit(): AuditEntry[] {
    return this.state.out.entries();
  }

  capture(id: string): Capture | undefined {
    const found = this.state.intake.results.capture(id);
    return found && captureInWallTime(found, this.state.ahead);
  }

  /** A time of day as a time of events. */
  steady(wall: number): number {
    return wall - this.state.ahead;
  }

  sources(at: number): ReadingSources {
    return this.state.sources(at);
  }

  rows(panel: PanelId, table: string, at: number): Record<string, unknown>[] {
    return tableRows(this.state.sources(at), panel, table);
  }

  private take(event: CollectorEvent, at: number): void {
    const { state } = this;
    const { session, announcer } = state;
    switch (event.type) {
      case "clock":
        this.clockMoved(event.ahead, event.jumped, at);
        break;
      case "opened":
        state.suspended = false;
        state.closed = false;
        state.endedWhy = undefined;
        state.intake.deriver.reset();
        if (event.fresh || !session.channel) {
          this.runner.drop(at);
          state.linesChecked = false;
          state.linesAccepted = false;
          this.apply(session.opened(event.transport, event.ident, at), at);
        }
        announcer.touchAll();
        break;
      case "bytes":
        state.bytesTotal += event.bytes.length;
        this.runner.received(event.bytes.length, at);
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
        state.suspended = true;
        this.suspendedAt = at;
        announcer.touchAll();
        break;
      case "resumed":
        if (state.suspended) session.channel?.rested(at - this.suspendedAt, at);
        state.suspended = false;
        state.intake.deriver.reset();
        announcer.touchAll();
        break;
      case "unwritten":
      case "gap":
        if (event.type === "unwritten") state.out.unwritten(event.writes);
        state.intake.deriver.reset();
        this.apply(
          session.event((channel) => channel.gap(at), at),
          at,
        );
        break;
      case "closed":
        state.suspended = true;
        state.intake.deriver.reset();
        state.closed = true;
        this.runner.drop(at);
        this.answerAll(undefined, at);
        session.closed();
        announcer.touchAll();
        break;
      case "subscribe":
        announcer.show(event.panels);
        state.sync(at);
        break;
      case "pin":
        state.pins = event.interfaces.slice(0, MAX_PINNED);
        state.sync(at);
        announcer.touch("traffic");
        break;
      case "refresh":
        state.commands.refresh(event.panel);
        break;
      case "ask":
        this.ask(event);
        break;
      case "cancel":
        this.apply(this.runner.cancel(event.ticket, at), at);
        break;
      case "pause":
      case "continue":
        state.plan.paused = event.type === "pause";
        if (event.type === "continue") state.linesAccepted = true;
        state.pausedWhy = undefined;
        announcer.touchAll();
        break;
      case "profile":
        state.plan.profile = event.profile;
        announcer.touchAll();
        break;
      case "visibility":
        state.plan.hidden = event.hidden;
        break;
      case "choose_platform":
        this.apply(session.choose(event.platform, at), at);
        break;
      case "markers":
        session.markers = event.on;
        break;
      case "ssh1_echo":
        state.plan.typingSlow = event.typing && event.echo_ms > SLOW_ECHO_MS;
        break;
      case "wake":
        announcer.timerSpent();
        // While the link is away nothing can be said to take too long.
        if (!state.suspended) this.apply(session.tick(at), at);
        break;
    }
  }

  /**
   * The time of day was set, or the machine slept. Where it went forward the two cannot be told apart: what was read before
   * is as old as it looks, no rate is made across it [T16], and nothing that is under way took longer for it. Where it went
   * back only what is told of times changes.
   */
  private clockMoved(ahead: number, jumped: number, at: number): void {
    const { state } = this;
    if (jumped > 0) {
      state.intake.deriver.reset();
      // Time without a link is taken off when that is back.
      if (!state.suspended) state.session.channel?.rested(jumped, at);
    }
    state.ahead = ahead;
    state.announcer.touchAll();
  }

  /** Carries out what the session wants. */
  private apply(effects: SessionEffect[], at: number): void {
    for (const effect of effects) {
      switch (effect.type) {
        case "write":
          this.state.out.write(effect.write, at + this.state.ahead);
          if (effect.write.purpose === "setup" || effect.write.purpose === "command") this.unplanned(at);
          break;
        case "exec":
          this.state.out.exec(effect.id, effect.command, at + this.state.ahead);
          this.unplanned(at);
          break;
        case "drained":
          this.state.plan.runs.push({ start: at - effect.ms, ms: effect.ms });
          break;
        case "exec_cancel":
        case "set_transport":
          this.state.out.push(effect);
          break;
        case "close":
          this.state.out.push({ type: "close_channel", reason: effect.reason });
          break;
        case "stuck":
          this.end("no_transport", effect.reason, at);
          break;
        case "ended":
          this.end(effect.reason, effect.text, at);
          break;
        case "async":
          this.reactor.logged(this.state.intake.events.addLines(effect.lines), at);
          break;
        case "asked":
          this.state.out.outcome(effect.capture, effect.capture.outcome);
          this.state.plan.runs.push({
            start: effect.capture.sent_at,
            ms: effect.capture.done_at - effect.capture.sent_at,
          });
          if (effect.capture.complete) this.state.intake.results.asked.set(effect.capture.command, effect.capture);
          break;
        case "detected": {
          const { detected, remembered } = effect;
          const facts = this.state.session.remember(detected);
          this.state.identity.found(facts);
          this.packChanged(detected.pack, at);
          this.state.out.push({
            type: "platform",
            platform: detected.platform,
            evidence: detected.evidence,
            remembered: facts,
          });
          if (remembered) this.state.intake.results.clear();
          else this.reactor.seed(at);
          break;
        }
        case "captured":
          this.apply(this.reactor.captured(this.runner.ended(), effect.capture, at), at);
          break;
      }
    }
  }

  /** Set-up and detection are written without the plan, but an AAA server counts them as well [T56]. */
  private unplanned(at: number): void {
    if (!this.state.plan.running) takeToken(this.state.plan, at);
  }

  private end(reason: EndReason, text: string, at: number): void {
    const { state } = this;
    state.endedWhy = reason;
    this.answerAll(text, at);
    state.out.push({ type: "ended", reason, text });
    state.announcer.touchAll();
  }

  /** Whoever waits for an answer is told that none comes: a later connection may be hours away [T54]. */
  private answerAll(why: string | undefined, at: number): void {
    const { asks, out } = this.state;
    const running = this.runner.ended()?.ask;
    for (const { ticket } of [...(running ? [running] : []), ...asks.all()]) {
      asks.drop(ticket);
      out.answer({ ticket, outcome: "ended", ...(why === undefined ? {} : { why }) }, at);
    }
  }

  private packChanged(pack: Pack, at: number): void {
    const { state } = this;
    state.commands.clear();
    state.increments.clear();
    state.intake.events.forgetPlace();
    state.capabilities = undefined;
    state.commands.use(pack, state.identity.versions, state.identity.variants);
    state.plan.bucket.rate_per_s = pack.session.rate_per_s;
    state.sync(at);
    state.announcer.touchAll();
  }

  private ask({ ticket, command, params, at }: Extract<CollectorEvent, { type: "ask" }>): void {
    const { asks, session, out, closed } = this.state;
    if (closed) {
      out.answer({ ticket, outcome: "ended" }, at);
      return;
    }
    if (this.runner.running?.ask?.ticket === ticket) return;
    const wish = { ticket, command, params: new Map(Object.entries(params)) };
    const refusal = asks.ask(session.pack, wish, seenNames(this.state.sources(at)));
    if (refusal) out.answer({ ticket, outcome: "refused", refusal }, at);
  }

  private phaseNow(): { phase: CollectorPhase; reason?: string } {
    const { endedWhy, suspended, session, plan: planState } = this.state;
    if (endedWhy !== undefined) return { phase: "ended", reason: endedWhy };
    if (suspended) return { phase: "suspended" };
    if (session.detecting) return { phase: "detecting" };
    if (this.runner.running) return { phase: "running" };
    if (planState.paused)
      return { phase: "paused", ...(this.state.pausedWhy === undefined ? {} : { reason: "limit" }) };
    return planState.throttled ? { phase: "throttled" } : { phase: "waiting" };
  }

  /** What was learned about the box since it was last told. */
  private remember(): void {
    const { session, identity, commands, out } = this.state;
    const news = session.pack && identity.news(commands.chosen(session.pack));
    if (news) out.push({ type: "platform", platform: news.platform, evidence: news.evidence ?? "", remembered: news });
  }

  private emit(at: number): void {
    const { state } = this;
    this.remember();
    const idle = state.suspended || state.endedWhy !== undefined;
    const action = !idle && state.session.ready && !this.runner.running ? plan(state.plan, at) : undefined;
    state.capped = !idle && waitsForShare(state.plan, at);
    const next = action && ("wait_until" in action ? action.wait_until : at + 1);
    const session = idle ? undefined : state.session.deadline();
    state.out.push(...state.announcer.announce(this.phaseNow(), state.sources(at), session, next));
  }
}
