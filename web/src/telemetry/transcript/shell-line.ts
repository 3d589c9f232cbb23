import type { Outcome } from "./capture.ts";
import * as limits from "./limits.ts";
import { captureOf, type LineJob, markerSeen, type RunningCommand, startCommand, takeBytes } from "./line-command.ts";
import type { LineEffect, LinePhase, LineRules } from "./line-effects.ts";
import { Normaliser } from "./normaliser.ts";
import { afterPrompt, isConfigPrompt, isPrompt, learnPrompt, type Prompt, PromptLearner } from "./prompt.ts";
import { tailKind } from "./tail.ts";
import type { Write, Writer } from "./writer.ts";

/** A pager that does not leave after this many quit keys is left alone. */
const MAX_QUITS = 20;

/**
 * One interactive shell: learns the prompt, runs set-up and commands one at a time, and writes only at the learned prompt
 * [T33]-[T42]. Sans-IO: bytes and times come in, effects go out.
 */
export class ShellLine {
  phase: LinePhase = "waiting";
  prompt: Prompt | undefined;
  /** Smoothed time from a write to its echo, milliseconds. */
  echoMs = 50;
  /** A command and its marker share a write only after paging was proved off, and never again after a pager [T35] [T38]. */
  private unpaged = false;
  private twoStepForGood = false;
  private markers: "untried" | "on" | "off" = "off";
  private readonly normaliser = new Normaliser();
  private readonly writer: Writer;
  private rules: LineRules;
  private lines: string[] = [];
  private lastAt: number;
  private stepAt: number;
  private heard = false;
  private quits = 0;
  private learner = new PromptLearner();
  private setup: string[] = [];
  private step: { kind: "setup" | "marker"; text: string } | undefined;
  private running: RunningCommand | undefined;
  private drainUntil = 0;
  private drainMarker: string | undefined;
  private renamedAt: number | undefined;
  private renameTail: string | undefined;
  private effects: LineEffect[] = [];

  constructor(writer: Writer, rules: LineRules, at: number) {
    this.writer = writer;
    this.rules = rules;
    this.lastAt = at;
    this.stepAt = at;
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

  get busy(): boolean {
    return this.phase !== "ready";
  }

  /** Bytes from the device. */
  bytes(bytes: Uint8Array, at: number, late: boolean): LineEffect[] {
    this.lastAt = at;
    this.heard = true;
    this.lines.push(...this.normaliser.push(bytes));
    const { running } = this;
    if (running) {
      if (takeBytes(running, bytes, this.lines.length > 0, at, late)) {
        this.echoMs = Math.round(this.echoMs * 0.7 + Math.min(2_000, at - running.sentAt) * 0.3);
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
    if (this.prompt && this.phase !== "dead") this.drain(at, undefined);
    return this.flush();
  }

  /** When `tick` is due next; nothing while only bytes can change something. */
  deadline(): number | undefined {
    const from = this.lastAt;
    const { running } = this;
    if (this.phase === "dead") return undefined;
    if (running) {
      const { job, sentAt, firstAt } = running;
      const ends = [
        sentAt + job.limits.wholeMs,
        firstAt === undefined ? sentAt + job.limits.firstByteMs : from + job.limits.silenceMs,
      ];
      for (const ms of [limits.TWO_STEP_MS, this.quietMs(), limits.PAGER_MS, limits.QUESTION_MS, limits.RENAME_MS])
        ends.push(from + ms);
      return this.after(ends);
    }
    if (this.phase === "ready")
      return this.atPrompt() || this.tail === ""
        ? undefined
        : this.after([from + limits.PAGER_MS, from + limits.RENAME_MS, from + limits.RENAME_MS * 2]);
    return this.after([
      from + limits.SETTLE_MS,
      from + limits.QUESTION_MS,
      this.stepAt + limits.BANNER_MS,
      this.stepAt + limits.LEARN_MS,
      this.stepAt + limits.DEFAULT_LIMITS.silenceMs,
      this.drainUntil,
    ]);
  }

  private lastTick = 0;

  /** The first of the times that has not been looked at yet. */
  private after(times: number[]): number | undefined {
    const later = times.filter((time) => time > this.lastTick);
    return later.length === 0 ? undefined : Math.min(...later);
  }

  private flush(): LineEffect[] {
    const out = this.effects;
    this.effects = [];
    return out;
  }

  private run(at: number): LineEffect[] {
    this.lastTick = at;
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
    this.stepAt = at;
  }

  private atPrompt(): boolean {
    return this.prompt !== undefined && isPrompt(this.tail, this.prompt);
  }

  private silent(at: number, ms: number): boolean {
    return at - this.lastAt >= ms;
  }

  private quietMs(): number {
    return Math.max(limits.QUIET_MS, 4 * this.echoMs);
  }

  private end(reason: "needs_user" | "prompt", text: string): void {
    this.phase = "dead";
    this.effects.push({ type: "ended", reason, text: text.slice(0, 400) });
  }

  /** Leaves a pager or dismisses a dialog; a question ends telemetry. True when the tail was one of them. */
  private tailHandled(at: number): boolean {
    const tail = tailKind(this.tail, this.rules);
    if (tail.kind === "other") return false;
    if (tail.kind === "question") {
      if (!this.silent(at, limits.QUESTION_MS)) return true;
      this.end("needs_user", this.tail);
      return true;
    }
    if (!this.silent(at, limits.PAGER_MS)) return true;
    if (this.quits++ >= MAX_QUITS) {
      this.end("needs_user", this.tail);
      return true;
    }
    this.lastAt = at;
    this.write(tail.kind === "pager" ? this.writer.key(tail.quit, "pager") : this.writer.key(tail.key, "dialog"));
    return true;
  }

  private waiting(at: number): void {
    const late = at - this.stepAt >= limits.BANNER_MS;
    if (!late && (this.tail.trim() === "" || !this.silent(at, limits.SETTLE_MS))) return;
    if (!this.tailHandled(at)) this.learn(at);
  }

  private learn(at: number): void {
    this.phase = "learning";
    this.learner = new PromptLearner();
    this.lineFeed(at);
  }

  private lineFeed(at: number): void {
    this.begun(at);
    this.lastAt = at;
    this.write(this.writer.lineFeed());
  }

  private learning(at: number): void {
    const { tail } = this;
    const answered = this.heard && this.lines.length > 0 && tail.trim() !== "";
    if (!answered || !this.silent(at, limits.SETTLE_MS)) {
      if (at - this.stepAt >= limits.LEARN_MS) this.end("prompt", tail);
      return;
    }
    if (this.tailHandled(at)) return;
    const learned = this.learner.take(tail);
    if (learned === "again") {
      this.lineFeed(at);
      return;
    }
    if (learned === "failed") {
      this.end("prompt", tail);
      return;
    }
    if (isConfigPrompt(tail)) {
      this.end("needs_user", tail);
      return;
    }
    this.prompt = learned;
    this.quits = 0;
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
      if (this.silent(at, limits.RENAME_MS)) this.learn(at);
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
    const done = this.atPrompt() && this.lines.length > 0 && this.silent(at, this.quietMs());
    if (!done) {
      if (!this.atPrompt() && this.tailHandled(at)) return;
      if (at - this.stepAt >= limits.DEFAULT_LIMITS.silenceMs) this.effects.push({ type: "close", reason: "timeout" });
      return;
    }
    this.step = undefined;
    if (step.kind === "marker") {
      const { prompt } = this;
      const echo = this.lines.findIndex(
        (line) => prompt !== undefined && afterPrompt(line, prompt)?.trimEnd() === step.text,
      );
      const answer = this.lines.slice(echo + 1).filter((line) => line.trim() !== "" && !this.rules.logLine?.test(line));
      this.markers = echo >= 0 && answer.length === 0 ? "on" : "off";
    }
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
      this.renameTail = undefined;
      return;
    }
    if (tailKind(this.tail, this.rules).kind !== "other") {
      this.tailHandled(at);
      return;
    }
    if (!this.silent(at, limits.RENAME_MS)) return;
    if (this.renameTail !== undefined) {
      const learned = learnPrompt(this.renameTail, this.tail);
      this.renameTail = undefined;
      if (learned && !isConfigPrompt(this.tail)) this.prompt = learned;
      else this.end("prompt", this.tail);
      return;
    }
    if (this.renamedAt !== undefined && at - this.renamedAt < limits.RENAME_EVERY_MS) {
      this.end("prompt", this.tail);
      return;
    }
    this.renamedAt = at;
    this.renameTail = this.tail;
    this.lineFeed(at);
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
    const { job, sentAt, firstAt } = running;
    const expired =
      at - sentAt >= job.limits.wholeMs ||
      (firstAt === undefined ? at - sentAt >= job.limits.firstByteMs : this.silent(at, job.limits.silenceMs));
    if (expired) {
      const { marker, markerSent } = running;
      this.finish("timeout", at);
      this.drain(at, markerSent ? marker : undefined);
    } else this.renamed(at, running);
  }

  /** True when the command is over or its marker went out. */
  private ended(at: number, running: RunningCommand, prompt: Prompt): boolean {
    if (running.marker === undefined) {
      if (!this.silent(at, this.quietMs())) return false;
    } else if (!running.markerSent) {
      if (!this.silent(at, Math.max(limits.TWO_STEP_MS, this.echoMs))) return false;
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
    if (!this.silent(at, kind === "question" ? limits.QUESTION_MS : limits.PAGER_MS)) return;
    this.finish(kind === "question" ? "cancelled" : "paged", at);
    this.twoStepForGood = true;
    this.phase = "paged";
    this.tailHandled(at);
  }

  private paged(at: number): void {
    if (this.atPrompt() && this.silent(at, limits.SETTLE_MS)) this.learn(at);
    else if (!this.tailHandled(at) && this.silent(at, limits.RENAME_MS)) this.learn(at);
  }

  /** A last line that ends as the prompt does but is another: the host may have been renamed meanwhile [T37]. */
  private renamed(at: number, running: RunningCommand): void {
    const { tail, prompt } = this;
    if (!prompt || this.atPrompt() || tail.trim() === "" || !this.silent(at, limits.RENAME_MS)) return;
    if (tail.trimEnd().at(-1) !== prompt.text.trimEnd().at(-1) || tail.length > 80) return;
    if (running.renameTail === undefined) {
      if (this.renamedAt !== undefined && at - this.renamedAt < limits.RENAME_EVERY_MS) return;
      this.renamedAt = at;
      running.renameTail = tail;
      this.lastAt = at;
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
    this.drainUntil = at + limits.DRAIN_MS;
    this.drainMarker = marker;
  }

  /** Waits for the late answer, discards it, and goes on at the prompt; else the channel is given up [T44]. */
  private draining(at: number): void {
    const { prompt } = this;
    const marked =
      this.drainMarker === undefined ||
      (prompt !== undefined && markerSeen(this.lines, this.drainMarker, prompt, this.rules.logLine));
    if (this.atPrompt() && marked && this.silent(at, this.quietMs())) {
      this.settle(at);
      return;
    }
    if (tailKind(this.tail, this.rules).kind !== "other") {
      this.tailHandled(at);
      return;
    }
    if (at < this.drainUntil) return;
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
