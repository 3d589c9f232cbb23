/**
 * When a page is told that output waits for it at the proxy [U12]. The owner asks {@link HeldReport.dueAt} whenever output
 * came or went, looks again at that time, and sends what {@link HeldReport.take} gives. Times in ms.
 */

import { HELD_REPORT_MS, HELD_SETTLE_MS, PAUSE_UNSENT_BYTES } from "../limits.ts";

/** What `held` says. */
export type HeldFigure = { bytes: number; paused: boolean };

export class HeldReport {
  /** What the page believes; null: that nothing is held. */
  #told: HeldFigure | null = null;
  /** When it was told last, or there was nothing new to tell. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** Since when 64 KiB wait, while the page does not know. */
  #since: number | null = null;

  /** The page knows nothing: it just attached, or nobody is there. */
  reset(): void {
    this.#told = null;
    this.#lookedAt = Number.NEGATIVE_INFINITY;
    this.#since = null;
  }

  /** When there may be something to tell; null: not before more output comes. */
  dueAt(bytes: number, now: number): number | null {
    if (this.#told !== null) return this.#lookedAt + HELD_REPORT_MS;
    if (bytes < PAUSE_UNSENT_BYTES) {
      this.#since = null;
      return null;
    }
    this.#since ??= now;
    return Math.max(this.#since + HELD_SETTLE_MS, this.#lookedAt + HELD_REPORT_MS);
  }

  /** The figure to send now: at most one a second, and none that the page has already. */
  take(figure: HeldFigure, now: number): HeldFigure | undefined {
    const due = this.dueAt(figure.bytes, now);
    if (due === null || now < due) return undefined;
    const old = this.#told;
    this.#lookedAt = now;
    this.#since = null;
    // A paused device goes on at half of what paused it: until then the rest is held.
    const isHeld = figure.bytes >= PAUSE_UNSENT_BYTES || figure.paused;
    this.#told = isHeld ? figure : null;
    return old?.bytes === figure.bytes && old.paused === figure.paused ? undefined : figure;
  }
}
