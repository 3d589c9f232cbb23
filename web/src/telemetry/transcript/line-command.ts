import type { Capture, Outcome } from "./capture.ts";
import { extract } from "./extract.ts";
import type { CommandLimits } from "./limits.ts";
import { concat } from "./normaliser.ts";
import { afterPrompt, isPrompt, type Prompt } from "./prompt.ts";
import type { AllowedCommand } from "./writer.ts";

/** A command to run on a channel. */
export type LineJob = { id: string; command: AllowedCommand; limits: CommandLimits; isLog?: boolean };

/** A command that runs over a shell, with what arrived so far. */
export type RunningCommand = {
  job: LineJob;
  marker: string | undefined;
  markerSent: boolean;
  sentAt: number;
  /** Part of the time since then in which the link was away. */
  awayMs: number;
  /** When the echo was over and output began. */
  firstAt: number | undefined;
  lastAt: number;
  raw: Uint8Array[];
  bytes: number;
  over: boolean;
  late: boolean;
  /** The unknown last line for which a line feed was sent [T37]. */
  renameTail: string | undefined;
};

const encoder = new TextEncoder();

/** A command that was just written behind `tail`, the prompt on the last line. */
export function startCommand(
  job: LineJob,
  marker: string | undefined,
  markerSent: boolean,
  tail: string,
  at: number,
): RunningCommand {
  return {
    job,
    marker,
    markerSent,
    sentAt: at,
    awayMs: 0,
    firstAt: undefined,
    lastAt: at,
    raw: [encoder.encode(tail)],
    bytes: 0,
    over: false,
    late: false,
    renameTail: undefined,
  };
}

/** Keeps bytes within the limit; true when they ended the echo. */
export function takeBytes(
  running: RunningCommand,
  bytes: Uint8Array,
  echoed: boolean,
  at: number,
  late: boolean,
): boolean {
  running.late ||= late;
  running.lastAt = at;
  running.bytes += bytes.length;
  if (running.bytes > running.job.limits.bytes) running.over = true;
  else running.raw.push(bytes.slice());
  if (!echoed || running.firstAt !== undefined) return false;
  running.firstAt = at;
  return true;
}

/** The times at which the command has taken too long [T44]. */
export function commandLimits({ job: { limits }, sentAt, awayMs, firstAt, lastAt }: RunningCommand): number[] {
  const next = firstAt === undefined ? sentAt + awayMs + limits.firstByteMs : lastAt + limits.silenceMs;
  return [next, sentAt + awayMs + limits.wholeMs];
}

/** The link was away for `ms` while the command ran [T50]. */
export function commandRested(running: RunningCommand, ms: number, at: number): void {
  running.awayMs += ms;
  running.lastAt = at;
}

/** A line of prompt and marker, and after it nothing but log lines and prompts [T40]. */
export function markerSeen(
  lines: readonly string[],
  marker: string,
  prompt: Prompt,
  logLine: RegExp | undefined,
): boolean {
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index] ?? "";
    if (afterPrompt(line, prompt)?.trimEnd() === marker) return true;
    if (line.trim() !== "" && !isPrompt(line, prompt) && !logLine?.test(line)) return false;
  }
  return false;
}

/** A marker that was sent alone brought nothing but its echo: the box takes comment lines [T40]. */
export function markerTaken(
  lines: readonly string[],
  marker: string,
  prompt: Prompt | undefined,
  logLine: RegExp | undefined,
): boolean {
  const echo = lines.findIndex((line) => prompt !== undefined && afterPrompt(line, prompt)?.trimEnd() === marker);
  const answer = lines.slice(echo + 1).filter((line) => line.trim() !== "" && !logLine?.test(line));
  return echo >= 0 && answer.length === 0;
}

/** The capture of a command that ended; `ok` becomes `damaged` when the answer cannot be cut out cleanly. */
export function captureOf(
  running: RunningCommand,
  line: { prompt: Prompt; nonce: string; logLine: RegExp | undefined },
  outcome: Outcome,
  at: number,
): Capture {
  const { job, marker } = running;
  const raw = concat(running.raw);
  const cut = extract({ raw, command: job.command.text, marker, ...line });
  const damaged = outcome === "ok" && cut.damaged;
  return {
    id: job.id,
    command: job.command.text,
    raw,
    text: outcome === "overflow" ? "" : cut.text,
    stderr: "",
    sent_at: running.sentAt,
    ts: running.late ? running.sentAt : (running.firstAt ?? at),
    done_at: at,
    complete: outcome === "ok" && !damaged,
    outcome: damaged ? "damaged" : outcome,
    late: running.late,
    bytes: running.bytes,
    notes: cut.notes,
    log_lines: cut.log_lines,
  };
}
