import type { Capture, Outcome } from "./capture.ts";
import type { LineJob } from "./line-command.ts";
import { concat, normalise } from "./normaliser.ts";

/** What an exec channel does or found out. */
export type ExecEffect =
  | { type: "exec"; id: string; command: string }
  | { type: "exec_cancel"; id: string }
  | { type: "captured"; capture: Capture }
  /** A command that was cancelled took this long to go; it counts as cost [T44]. */
  | { type: "drained"; ms: number }
  | { type: "close"; reason: string };

/** A cancelled command must be gone after this time, else the connection is given up, milliseconds. */
const CANCEL_MS = 10_000;
/** stderr beyond this is not kept. */
const MAX_STDERR = 65_536;

type Running = {
  job: LineJob;
  sentAt: number;
  /** Part of the time since then in which the link was away. */
  awayMs: number;
  startPos: number | undefined;
  firstAt: number | undefined;
  lastAt: number;
  endPos: number;
  stdout: Uint8Array[];
  stderr: Uint8Array[];
  bytes: number;
  errBytes: number;
  late: boolean;
  end: { pos: number; code: number | null } | undefined;
};

/**
 * Commands over exec, one at a time: an answer is complete when the exit status has arrived and every byte before it
 * [T43]. Sans-IO.
 */
export class ExecRun {
  private running: Running | undefined;
  /** A cancelled command whose end is awaited; nothing may start before. */
  private leaving: { id: string; until: number } | undefined;

  get busy(): boolean {
    return this.running !== undefined || this.leaving !== undefined;
  }

  begin(job: LineJob, at: number): ExecEffect[] {
    this.running = {
      job,
      sentAt: at,
      awayMs: 0,
      startPos: undefined,
      firstAt: undefined,
      lastAt: at,
      endPos: 0,
      stdout: [],
      stderr: [],
      bytes: 0,
      errBytes: 0,
      late: false,
      end: undefined,
    };
    return [{ type: "exec", id: job.id, command: job.command.text }];
  }

  started(id: string, pos: number, at: number): void {
    if (this.running?.job.id !== id) return;
    this.running.startPos = pos;
    // All bytes before this place are there: a command that prints nothing ends where it began.
    this.running.endPos = Math.max(this.running.endPos, pos);
    this.running.lastAt = at;
  }

  bytes(bytes: Uint8Array, stderr: boolean, pos: number, at: number, late: boolean): ExecEffect[] {
    const { running } = this;
    if (!running) return [];
    const skip = Math.max(0, (running.startPos ?? 0) - pos);
    const part = bytes.subarray(skip);
    running.endPos = Math.max(running.endPos, pos + bytes.length);
    running.lastAt = at;
    running.late ||= late;
    if (part.length > 0) {
      running.firstAt ??= at;
      running.bytes += part.length;
      if (!stderr && running.bytes <= running.job.limits.bytes) running.stdout.push(part.slice());
      if (stderr && running.errBytes < MAX_STDERR) running.stderr.push(part.slice(0, MAX_STDERR - running.errBytes));
      if (stderr) running.errBytes += part.length;
    }
    return this.complete(at);
  }

  done(id: string, pos: number, code: number | null, at: number): ExecEffect[] {
    const { leaving } = this;
    if (leaving?.id === id) {
      this.leaving = undefined;
      return [{ type: "drained", ms: Math.max(0, at - leaving.until + CANCEL_MS) }];
    }
    if (this.running?.job.id !== id) return [];
    this.running.end = { pos, code };
    this.running.lastAt = at;
    return this.complete(at);
  }

  /** The proxy or the device refused the command. */
  refused(at: number, outcome: Outcome): ExecEffect[] {
    return this.running ? [this.finish(outcome, at)] : [];
  }

  /** The link was away for `ms`; a command goes on as if it had stood still [T50]. */
  rested(ms: number, at: number): void {
    if (this.leaving) this.leaving.until += ms;
    if (!this.running) return;
    this.running.awayMs += ms;
    this.running.lastAt = at;
  }

  /** Bytes were lost: the capture is worth nothing, the command is cancelled [T50]. */
  gap(at: number): ExecEffect[] {
    return this.running ? this.cancel("gap", at) : [];
  }

  /** Nobody wants the answer any more. */
  cancelled(at: number): ExecEffect[] {
    return this.running ? this.cancel("cancelled", at) : [];
  }

  tick(at: number): ExecEffect[] {
    if (this.leaving && at >= this.leaving.until) {
      this.leaving = undefined;
      return [
        { type: "drained", ms: CANCEL_MS },
        { type: "close", reason: "timeout" },
      ];
    }
    const deadline = this.deadline();
    return this.running && deadline !== undefined && at >= deadline ? this.cancel("timeout", at) : [];
  }

  deadline(): number | undefined {
    const { running } = this;
    if (!running) return this.leaving?.until;
    const { limits } = running.job;
    const sentAt = running.sentAt + running.awayMs;
    const next = running.firstAt === undefined ? sentAt + limits.firstByteMs : running.lastAt + limits.silenceMs;
    return Math.min(next, sentAt + limits.wholeMs);
  }

  private cancel(outcome: Outcome, at: number): ExecEffect[] {
    const id = this.running?.job.id ?? "";
    const captured = this.finish(outcome, at);
    this.leaving = { id, until: at + CANCEL_MS };
    return [{ type: "exec_cancel", id }, captured];
  }

  private complete(at: number): ExecEffect[] {
    const { running } = this;
    if (!running?.end || running.endPos < running.end.pos) return [];
    return [this.finish(running.bytes - running.errBytes > running.job.limits.bytes ? "overflow" : "ok", at)];
  }

  private finish(outcome: Outcome, at: number): ExecEffect {
    const running = this.running;
    if (!running) throw new Error("no command is running");
    this.running = undefined;
    const raw = concat([...running.stdout, ...running.stderr]);
    const out = normalise(concat(running.stdout));
    const text = out.lines.length === 0 || outcome === "overflow" ? "" : `${out.lines.join("\n")}\n`;
    const capture: Capture = {
      id: running.job.id,
      command: running.job.command.text,
      raw,
      text,
      stderr: normalise(concat(running.stderr)).lines.join("\n"),
      sent_at: running.sentAt,
      ts: running.late ? running.sentAt : (running.firstAt ?? at),
      done_at: at,
      complete: outcome === "ok",
      outcome,
      exit: running.end?.code ?? null,
      late: running.late,
      bytes: running.bytes,
      notes: out.latin1 ? ["latin1"] : [],
      log_lines: [],
    };
    return { type: "captured", capture };
  }
}
