import type { Outcome } from "./capture.ts";
import { Drain } from "./drain.ts";
import * as limits from "./limits.ts";
import { LineClock } from "./line-clock.ts";
import {
  captureOf,
  commandLimits,
  commandRested,
  type LineJob,
  markerSeen,
  markerTaken,
  type RunningCommand,
  startCommand,
  takeBytes,
} from "./line-command.ts";
import type { LineEffect, LinePhase, LineRules } from "./line-effects.ts";
import { Normaliser } from "./normaliser.ts";
import { isConfigPrompt, isPrompt, type Prompt, PromptLearner } from "./prompt.ts";
import { RenameWatch } from "./rename-watch.ts";
import { tailKind } from "./tail.ts";
import { TailExit } from "./tail-exit.ts";
import type { Write, Writer } from "./writer.ts";

/**
 * One interactive shell: learns the prompt, runs set-up and commands one at a time, and writes only at the learned prompt
 * [T33]-[T42]. Sans-IO: bytes and times come in, effects go out.
 */
export class ShellLine {
  phase: LinePhase = "waiting";
  prompt: Prompt | undefined;
  /** A command and its marker share a write only after paging was proved off, and never again after a pager [T35] [T38]. */
  private unpaged = false;
  private twoStepForGood = false;
  private markers: "untried" | "on" | "off" = "off";
  private readonly normaliser = new Normaliser();
  private readonly writer: Writer;
  private rules: LineRules;
  private lines: string[] = [];
  private readonly clock: LineClock;
  private heard = false;
  private readonly exit = new TailExit();
  private learner = new PromptLearner();
  private setup: string[] = [];
  private step: { kind: "setup" | "marker"; text: string } | undefined;
  private running: RunningCommand | undefined;
  private readonly drains = new Drain();
  private readonly renames = new RenameWatch();
  private effects: LineEffect[] = [];

  constructor(writer: Writer, rules: LineRules, at: number) {
    this.writer = writer;
    this.rules = rules;
    this.clock = new LineClock(at);
  }

  /** Takes over a pack: its set-up commands run next, then a marker is tried. Those in `done` were sent before. */
  use(rules: LineRules, done: readonly string[], at: number): LineEffect[] {
    this.rules = rules;
    this.setup = this.writer.setup.filter((text) => !done.includes(text));
    this.markers = this.writer.canMark ? "untried" : "off";
    if (this.phase === "ready") this.phase = "setup";
    return this.run(at);
  }

  /** The last line, which has no end yet. */
  get tail(): string {
    return this.normaliser.tail();
  }

  /** Smoothed time from a write to its echo, milliseconds. */
  get echoMs(): number {
    return this.clock.echoMs;
  }

  /** Bytes from the device. */
  bytes(bytes: Uint8Array, at: number, late: boolean): LineEffect[] {
    this.clock.stirred(at);
    this.heard = true;
    this.lines.push(...this.normaliser.push(bytes));
    const { running } = this;
    if (running) {
      if (takeBytes(running, bytes, this.lines.length > 0, at, late)) {
        this.clock.echoed(at - running.sentAt);
      }
    } else if (this.phase === "ready") this.unsolicited();
    return this.run(at);
  }

  /** Time passed. */
  tick(at: number): LineEffect[] {
    return this.run(at);
  }

  /** Begins a command; false when the line is not at its prompt. */
  begin(job: LineJob, at: number): { started: boolean; effects: LineEffect[] } {
    if (this.phase !== "ready" || !this.atPrompt()) return { started: false, effects: [] };
    if (!this.prompt || !this.writer.fits(job.command.text, this.prompt.text)) return { started: false, effects: [] };
    const marker = this.markers === "on" ? this.writer.nextMarker() : undefined;
    const together = marker !== undefined && this.unpaged && !this.twoStepForGood;
    this.running = startCommand(job, marker, together, this.tail, at);
    this.phase = "running";
    this.begun(at);
    this.write(this.writer.command(job.command, together ? marker : undefined));
    return { started: true, effects: this.flush() };
  }

  /** Bytes were lost: what runs is discarded, and the line finds its prompt again before anything is written [T50]. */
  gap(at: number): LineEffect[] {
    if (this.running) this.finish("gap", at);
    // What was lost may have been anything: the next write is a marker alone, and its echo the proof that the line is whole.
    if (this.markers === "on") this.markers = "untried";
    if (this.prompt && this.phase !== "dead") this.drain(at, undefined);
    return this.flush();
  }

  /** Nobody wants the answer any more: no key can stop it [T1], so the rest is drained and discarded [T44]. */
  cancelled(at: number): LineEffect[] {
    const { running } = this;
    if (!running) return [];
    this.finish("cancelled", at);
    this.drain(at, running.markerSent ? running.marker : undefined);
    return this.flush();
  }

  /** The link was away for `ms`: silence that ends answers begins anew, so that no answer is cut where it stood [T50]. */
  rested(ms: number, at: number): void {
    this.clock.rested(ms, at);
    this.drains.rested(ms);
    if (this.running) commandRested(this.running, ms, at);
  }

  /** When `tick` is due next; nothing while only bytes can change something. */
  deadline(): number | undefined {
    const { running, phase } = this;
    if (phase === "dead" || (phase === "ready" && (this.atPrompt() || this.tail === ""))) return undefined;
    return this.clock.next(running ? commandLimits(running) : [this.drains.until]);
  }

  private flush(): LineEffect[] {
    const out = this.effects;
    this.effects = [];
    return out;
  }

  private run(at: number): LineEffect[] {
    this.clock.looked(at);
    if (this.phase === "waiting") this.waiting(at);
    else if (this.phase === "learning") this.learning(at);
    else if (this.phase === "running") this.runningStep(at);
    else if (this.phase === "paged") this.paged(at);
    else if (this.phase === "draining") this.draining(at);
    else if (this.phase === "ready") this.idle(at);
    if (this.phase === "setup") this.settingUp(at);
    return this.flush();
  }

  private write(write: Write | undefined): void {
    if (write) this.effects.push({ type: "write", write });
  }

  private begun(at: number): void {
    this.lines = [];
    this.heard = false;
    this.clock.step(at);
  }

  private atPrompt(): boolean {
    return this.prompt !== undefined && isPrompt(this.tail, this.prompt);
  }

  private end(reason: "needs_user" | "prompt", text: string): void {
    this.phase = "dead";
    this.effects.push({ type: "ended", reason, text: text.slice(0, 400) });
  }

  /** Leaves a pager or dismisses a dialog; a question ends telemetry. True when the tail was one of them. */
  private tailHandled(at: number): boolean {
    const step = this.exit.step(this.tail, this.rules, this.clock, at);
    if (step === "none") return false;
    if (step === "person") this.end("needs_user", this.tail);
    else if (step !== "wait") {
      this.clock.stirred(at);
      this.write(this.writer.key(step.key, step.purpose));
    }
    return true;
  }

  private waiting(at: number): void {
    const late = this.clock.inStep(at) >= limits.BANNER_MS;
    if (!late && (this.tail.trim() === "" || !this.clock.silent(at, limits.SETTLE_MS))) return;
    if (!this.tailHandled(at)) this.learn(at);
  }

  private learn(at: number): void {
    this.phase = "learning";
    this.learner = new PromptLearner();
    this.lineFeed(at);
  }

  private lineFeed(at: number): void {
    this.begun(at);
    this.clock.stirred(at);
    this.write(this.writer.lineFeed());
  }

  private learning(at: number): void {
    const { tail } = this;
    const answered = this.heard && this.lines.length > 0 && tail.trim() !== "";
    if (!answered || !this.clock.silent(at, limits.SETTLE_MS)) {
      if (this.clock.inStep(at) >= limits.LEARN_MS) this.end("prompt", tail);
      return;
    }
    if (this.tailHandled(at)) return;
    const learned = this.learner.take(tail);
    if (learned === "again") {
      this.lineFeed(at);
      return;
    }
    if (learned === "failed" || isConfigPrompt(tail)) {
      this.end(learned === "failed" ? "prompt" : "needs_user", tail);
      return;
    }
    this.prompt = learned;
    this.exit.left();
    this.settle(at);
  }

  /** At the prompt: what is left of the set-up, else ready. */
  private settle(at: number): void {
    this.begun(at);
    this.phase = this.setup.length > 0 || this.markers === "untried" ? "setup" : "ready";
    if (this.phase === "ready") this.effects.push({ type: "ready" });
  }

  private settingUp(at: number): void {
    if (this.step) {
      this.setupAnswered(at, this.step);
      return;
    }
    if (!this.atPrompt()) {
      if (this.clock.silent(at, limits.RENAME_MS)) this.learn(at);
      return;
    }
    const text = this.setup.shift();
    this.begun(at);
    if (text !== undefined) {
      this.step = { kind: "setup", text };
      this.write(this.writer.setupCommand(text));
    } else if (this.markers === "untried") {
      this.step = { kind: "marker", text: this.writer.nextMarker() };
      this.write(this.writer.marker(this.step.text));
    } else this.settle(at);
  }

  private setupAnswered(at: number, step: { kind: "setup" | "marker"; text: string }): void {
    const done = this.atPrompt() && this.lines.length > 0 && this.clock.silent(at, this.clock.quietMs());
    if (!done) {
      if (!this.atPrompt() && this.tailHandled(at)) return;
      if (this.clock.inStep(at) >= limits.DEFAULT_LIMITS.silenceMs)
        this.effects.push({ type: "close", reason: "timeout" });
      return;
    }
    this.step = undefined;
    if (step.kind === "marker")
      this.markers = markerTaken(this.lines, step.text, this.prompt, this.rules.logLine) ? "on" : "off";
    this.settingUp(at);
    if (this.phase === "setup" && !this.step) this.settle(at);
  }

  private unsolicited(): void {
    const found = this.lines.filter((line) => line.trim() !== "" && !(this.prompt && isPrompt(line, this.prompt)));
    this.lines = [];
    if (found.length > 0) this.effects.push({ type: "async", lines: found.slice(0, 200) });
  }

  private idle(at: number): void {
    if (this.atPrompt() || this.tail === "") {
      this.renames.settled();
      return;
    }
    if (this.tailHandled(at)) return;
    if (!this.clock.silent(at, limits.RENAME_MS)) return;
    const found = this.renames.idle(this.tail, at);
    if (found === "lost") this.end("prompt", this.tail);
    else if (found === "ask") this.lineFeed(at);
    else this.prompt = found;
  }

  private runningStep(at: number): void {
    const { running, prompt } = this;
    if (!running || !prompt) return;
    if (this.atPrompt() && this.lines.length > 0) {
      if (this.ended(at, running, prompt)) return;
    } else if (this.lines.length > 0 && tailKind(this.tail, this.rules).kind !== "other") {
      this.interrupted(at);
      return;
    }
    if (commandLimits(running).some((time) => at >= time)) {
      this.finish("timeout", at);
      this.drain(at, running.markerSent ? running.marker : undefined);
    } else this.renamed(at, running);
  }

  /** True when the command is over or its marker went out. */
  private ended(at: number, running: RunningCommand, prompt: Prompt): boolean {
    if (running.marker === undefined) {
      if (!this.clock.silent(at, this.clock.quietMs())) return false;
    } else if (!running.markerSent) {
      if (!this.clock.silent(at, Math.max(limits.TWO_STEP_MS, this.clock.echoMs))) return false;
      running.markerSent = true;
      this.write(this.writer.marker(running.marker));
      return true;
    } else if (!markerSeen(this.lines, running.marker, prompt, this.rules.logLine)) return false;
    this.finish(running.over ? "overflow" : "ok", at);
    this.settle(at);
    return true;
  }

  /** A pager or a question instead of output: the capture is discarded [T38] [T39]. */
  private interrupted(at: number): void {
    const { kind } = tailKind(this.tail, this.rules);
    if (!this.clock.silent(at, kind === "question" ? limits.QUESTION_MS : limits.PAGER_MS)) return;
    this.finish(kind === "question" ? "cancelled" : "paged", at);
    this.twoStepForGood = true;
    this.phase = "paged";
    this.tailHandled(at);
  }

  private paged(at: number): void {
    if (this.atPrompt() && this.clock.silent(at, limits.SETTLE_MS)) this.learn(at);
    else if (!this.tailHandled(at) && this.clock.silent(at, limits.RENAME_MS)) this.learn(at);
  }

  /** A last line that ends as the prompt does but is another: the host may have been renamed meanwhile [T37]. */
  private renamed(at: number, running: RunningCommand): void {
    const { tail, prompt } = this;
    if (!prompt || this.atPrompt() || tail.trim() === "" || !this.clock.silent(at, limits.RENAME_MS)) return;
    if (tail.trimEnd().at(-1) !== prompt.text.trimEnd().at(-1) || tail.length > 80) return;
    if (running.renameTail === undefined) {
      if (!this.renames.mayAsk(at)) return;
      running.renameTail = tail;
      this.clock.stirred(at);
      this.write(this.writer.lineFeed());
    } else if (running.renameTail === tail && !isConfigPrompt(tail)) {
      this.prompt = { text: tail };
      this.finish("damaged", at);
      this.settle(at);
    }
  }

  private drain(at: number, marker: string | undefined): void {
    this.begun(at);
    this.phase = "draining";
    this.drains.begin(marker, at);
  }

  /** Waits for the late answer, discards it, and goes on at the prompt; else the channel is given up [T44]. */
  private draining(at: number): void {
    const marked = this.drains.isMarked(this.lines, this.prompt, this.rules.logLine);
    const over = this.atPrompt() && marked && this.clock.silent(at, this.clock.quietMs());
    if (!over && (this.tailHandled(at) || at < this.drains.until)) return;
    this.effects.push({ type: "drained", ms: this.clock.inStep(at) });
    if (over) this.settle(at);
    else this.giveUp();
  }

  private giveUp(): void {
    this.phase = "dead";
    this.effects.push({ type: "close", reason: "timeout" });
  }

  private finish(outcome: Outcome, at: number): void {
    const { running, prompt } = this;
    if (!running || !prompt) return;
    this.running = undefined;
    const logLine = running.job.isLog ? undefined : this.rules.logLine;
    const capture = captureOf(running, { prompt, nonce: this.writer.nonce, logLine }, outcome, at);
    if (capture.complete && capture.text.split("\n").length > limits.SCREEN_LINES + 1) this.unpaged = true;
    this.effects.push({ type: "captured", capture });
  }
}
