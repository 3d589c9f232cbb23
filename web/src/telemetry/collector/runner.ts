import { plan } from "../plan/plan.ts";
import { runEnded, runStarted } from "../plan/plan-events.ts";
import { DEFAULT_LIMITS, FULL_TABLE_BYTES } from "../transcript/limits.ts";
import type { LineJob } from "../transcript/line-command.ts";
import type { ActiveCommand } from "./command-set.ts";
import type { Ask } from "./on-demand.ts";
import type { SessionEffect } from "./session.ts";
import type { CollectorState } from "./state.ts";
import { seenNames } from "./updates.ts";

/** A line that was not at its prompt is tried again after this time. */
const BEGIN_AGAIN_MS = 1_000;
/** Progress of an on-demand answer is told at most this often, milliseconds. */
const PROGRESS_MS = 250;

/** The command that runs, and whose wish it was. */
export type Running = { active: ActiveCommand; ask?: Ask; bytes: number; toldAt: number };

/** Runs one command at a time: what the plan wants next, on-demand wishes first [T3] [T54]. */
export class Runner {
  running: Running | undefined;
  private readonly state: CollectorState;

  constructor(state: CollectorState) {
    this.state = state;
  }

  /** Begins the next command, if the plan has one and the line is ready. */
  pump(at: number): SessionEffect[] {
    const { session, plan: planState, commands } = this.state;
    if (session.ready && !this.state.linesChecked) this.askLines(at);
    for (;;) {
      if (!session.ready || this.running) return [];
      const action = plan(planState, at);
      if (!action || "wait_until" in action) return [];
      if ("run" in action) {
        const active = commands.active.get(action.run);
        return active ? this.begin(active, at) : [];
      }
      const effects = this.beginAsk(at);
      if (effects) return effects;
    }
  }

  /** The command that ran has its answer. */
  ended(): Running | undefined {
    const { running } = this;
    this.running = undefined;
    return running;
  }

  /** The channel is gone and its answer with it: asked again on the next one [WP19]. */
  drop(at: number): void {
    const running = this.ended();
    if (!running) return;
    const { active, ask } = running;
    const ms = at - (active.planned.last_start ?? at);
    runEnded(this.state.plan, active.planned.key, at, { outcome: "gap", ms, echoMs: 0, bytes: 0 });
    if (ask && !this.state.asks.again(ask)) this.state.out.answer({ ticket: ask.ticket, outcome: "gap" }, at);
  }

  /** A person no longer wants it: what waits is dropped, what runs is cut off and its rest discarded. */
  cancel(ticket: string, at: number): SessionEffect[] {
    if (this.state.asks.drop(ticket)) this.state.out.answer({ ticket, outcome: "cancelled" }, at);
    if (this.running?.ask?.ticket !== ticket) return [];
    return this.state.session.event((channel) => channel.cancel(at), at);
  }

  /** Bytes arrived: whoever waits for a long answer sees it grow. */
  received(bytes: number, at: number): void {
    const { running } = this;
    if (!running) return;
    running.bytes += bytes;
    if (!running.ask || at - running.toldAt < PROGRESS_MS) return;
    running.toldAt = at;
    this.state.out.push({ type: "progress", ticket: running.ask.ticket, bytes: running.bytes, at });
  }

  /** Who is on the box is the first question after detection: a shell of ours takes one of its lines [T59]. */
  private askLines(at: number): void {
    const { session, commands } = this.state;
    this.state.linesChecked = true;
    if (!session.pack || session.channel?.transport === "exec") return;
    commands.askOnce(session.pack, "users", seenNames(this.state.sources(at)), at);
    this.state.planAll();
  }

  /** Nothing when the wish was answered without a run: there may be another. */
  private beginAsk(at: number): SessionEffect[] | undefined {
    const { session, asks, out } = this.state;
    const next = session.pack && asks.next(session.pack, seenNames(this.state.sources(at)));
    if (!next) return [];
    const { ask } = next;
    if ("refused" in next) {
      asks.drop(ask.ticket);
      out.answer({ ticket: ask.ticket, outcome: "refused", refusal: next.refused }, at);
      return undefined;
    }
    const begun = session.begin(this.job(next.active), at);
    if (!begun) {
      if (asks.notTaken(ask, at)) return [];
      asks.drop(ask.ticket);
      const refusal = { code: "line" as const, why: "The device's line does not take this command." };
      out.answer({ ticket: ask.ticket, outcome: "refused", refusal }, at);
      return undefined;
    }
    asks.drop(ask.ticket);
    runStarted(this.state.plan, next.active.planned.key, at);
    this.running = { active: next.active, ask, bytes: 0, toldAt: at };
    out.push({ type: "progress", ticket: ask.ticket, bytes: 0, at });
    return begun;
  }

  private begin(polled: ActiveCommand, at: number): SessionEffect[] {
    const active = this.increment(polled) ?? polled;
    const begun = this.state.session.begin(this.job(active), at);
    if (!begun) {
      // The line is between two states (a log line redraws the prompt), or the command does not fit on it.
      active.planned.held_until = at + BEGIN_AGAIN_MS;
      return [];
    }
    runStarted(this.state.plan, active.planned.key, at);
    this.running = { active, bytes: 0, toldAt: at };
    return begun;
  }

  /** Of a log only what is new, once there is something to go on from [T78]. */
  private increment(polled: ActiveCommand): ActiveCommand | undefined {
    const { session, increments, intake, commands } = this.state;
    const { pack } = session;
    if (!pack || polled.def.since === undefined) return undefined;
    const ways = { pack, variantOf: (id: string) => commands.variantOf(pack, id) };
    return increments.formOf(polled, intake.events.last, ways);
  }

  private job({ def, command }: ActiveCommand): LineJob {
    const limits = {
      ...DEFAULT_LIMITS,
      ...(def.timeout_s ? { wholeMs: def.timeout_s * 1000 } : {}),
      ...(def.full ? { bytes: FULL_TABLE_BYTES } : {}),
    };
    return { id: this.state.session.nextId("c"), command, limits, ...(def.log ? { isLog: true } : {}) };
  }
}
