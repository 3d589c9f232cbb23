import * as limits from "./limits.ts";
import type { LineClock } from "./line-clock.ts";
import { type TailRules, tailKind } from "./tail.ts";

/** A pager that does not leave after this many quit keys is left alone. */
const MAX_QUITS = 20;

/** What to do about the last line of a device. */
export type TailStep =
  /** Neither a pager nor a question. */
  | "none"
  /** One of them, but the device may go on by itself. */
  | "wait"
  /** A question, or a pager that does not leave: only a person can go on [T39]. */
  | "person"
  | { key: string; purpose: "pager" | "dialog" };

/** Finds the way out of pagers and dialogs: a key once the device is silent, and not without end [T38]. */
export class TailExit {
  private quits = 0;

  step(tail: string, rules: TailRules, clock: LineClock, at: number): TailStep {
    const found = tailKind(tail, rules);
    if (found.kind === "other") return "none";
    if (found.kind === "question") return clock.silent(at, limits.QUESTION_MS) ? "person" : "wait";
    if (!clock.silent(at, limits.PAGER_MS)) return "wait";
    if (this.quits++ >= MAX_QUITS) return "person";
    return found.kind === "pager" ? { key: found.quit, purpose: "pager" } : { key: found.key, purpose: "dialog" };
  }

  /** The prompt was found: the next pager is another one. */
  left(): void {
    this.quits = 0;
  }
}
