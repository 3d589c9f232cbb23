import type { CaptureId } from "../knowledge/reading.ts";

/** How an answer ended. `ok` is the only one that is parsed; the last four are the device's own refusals [T47]. */
export type Outcome =
  | "ok"
  | "timeout"
  | "overflow"
  | "gap"
  | "damaged"
  | "truncated"
  | "paged"
  | "cancelled"
  | "unsupported"
  | "denied"
  | "gated"
  | "limit";

/** What the device answered to one command. Times in epoch milliseconds. */
export type Capture = {
  id: CaptureId;
  command: string;
  /** Bytes as received: echo, prompts and markers included; cut at 4 MiB. */
  raw: Uint8Array;
  /** Normalised output without echo, markers and unsolicited lines. */
  text: string;
  stderr: string;
  sent_at: number;
  /** First byte after the echo [T12]; `sent_at` for late captures. */
  ts: number;
  done_at: number;
  complete: boolean;
  outcome: Outcome;
  /** Exit code of an exec; null when the device sent none. */
  exit?: number | null;
  /** Bytes waited for a resume: no part in rates. */
  late: boolean;
  bytes: number;
  notes: string[];
  /** Unsolicited lines that were moved to the event log [T49]. */
  log_lines: string[];
};

/** A refusal's cause and what a person can do, from the pack's table [T29]. */
export type OutcomeRules = {
  errors: Record<"unsupported" | "denied" | "gated" | "limit", readonly RegExp[]>;
  hints: readonly { re: RegExp; text: string }[];
};

/** Refusals are short: an answer of more lines is never searched for them [T47]. */
const MAX_REFUSAL_LINES = 5;

/** Looks for a refusal in a short answer or in stderr; `ok` when there is none. */
export function classify(
  text: string,
  stderr: string,
  exit: number | null | undefined,
  rules: OutcomeRules,
): { outcome: Outcome; hint?: string } {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const candidates = [...(lines.length <= MAX_REFUSAL_LINES ? lines : []), ...stderr.split("\n").slice(0, 20)].map(
    (line) => line.slice(0, 400),
  );
  for (const outcome of ["limit", "denied", "gated", "unsupported"] as const) {
    const line = candidates.find((candidate) => rules.errors[outcome].some((re) => re.test(candidate)));
    if (line === undefined) continue;
    const hint = rules.hints.find(({ re }) => re.test(line))?.text;
    return hint ? { outcome, hint } : { outcome };
  }
  // 126 and 127 are what a POSIX shell says about a program that cannot run or does not exist.
  if (exit === 127 && lines.length === 0) return { outcome: "unsupported" };
  if (exit === 126 && lines.length === 0) return { outcome: "denied" };
  return { outcome: "ok" };
}
