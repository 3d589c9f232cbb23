import * as limits from "./limits.ts";

/** Lengths of silence at which a line is looked at again. */
const SILENCES_MS = [
  limits.TWO_STEP_MS,
  limits.PAGER_MS,
  limits.SETTLE_MS,
  limits.QUESTION_MS,
  limits.RENAME_MS,
  2 * limits.RENAME_MS,
];

/** Times of a line: when it last said something, when its present step began, and when to look again. */
export class LineClock {
  /** Smoothed time from a write to its echo, milliseconds. */
  echoMs = 50;
  private lastAt: number;
  private stepAt: number;
  private lookedAt: number;

  constructor(at: number) {
    this.lastAt = at;
    this.stepAt = at;
    this.lookedAt = at;
  }

  /** The device said something, or something was written that it has to answer. */
  stirred(at: number): void {
    this.lastAt = at;
  }

  /** The link was away for `ms`: silence counts from now, and the step has had so much less time. */
  rested(ms: number, at: number): void {
    this.lastAt = at;
    this.stepAt += ms;
  }

  /** Another step begins. */
  step(at: number): void {
    this.stepAt = at;
  }

  /** The line was looked at: only later times count from here. */
  looked(at: number): void {
    this.lookedAt = at;
  }

  /** An echo took this long. */
  echoed(ms: number): void {
    this.echoMs = Math.round(this.echoMs * 0.7 + Math.min(2_000, ms) * 0.3);
  }

  silent(at: number, ms: number): boolean {
    return at - this.lastAt >= ms;
  }

  /** Time since the step began, milliseconds. */
  inStep(at: number): number {
    return at - this.stepAt;
  }

  /** Silence that ends an answer without a marker [T42]. */
  quietMs(): number {
    return Math.max(limits.QUIET_MS, 4 * this.echoMs);
  }

  /** The next time at which silence, the step's limits or one of the `others` may change something. */
  next(others: readonly number[]): number | undefined {
    const silences = [...SILENCES_MS, this.echoMs, this.quietMs()].map((ms) => this.lastAt + ms);
    const steps = [limits.BANNER_MS, limits.LEARN_MS, limits.DEFAULT_LIMITS.silenceMs].map((ms) => this.stepAt + ms);
    const later = [...silences, ...steps, ...others].filter((time) => time > this.lookedAt);
    return later.length === 0 ? undefined : Math.min(...later);
  }
}
