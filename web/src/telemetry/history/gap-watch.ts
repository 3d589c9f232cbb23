import { newestOf, type PanelReading, type ReasonCode, type Status } from "../knowledge/reading.ts";
import type { GapWhy, SeriesGap } from "./history-data.ts";

/** A pause longer than this many intervals is a gap [T16] [T83]. */
const GAP_INTERVALS = 3;

const WHY: Partial<Record<ReasonCode, GapWhy>> = {
  paused: "paused",
  throttled: "throttled",
  suspended: "link",
  kept: "link",
  gap: "link",
};

/** Finds the stretches without values in the readings of one panel, and why. */
export class GapWatch {
  #last: number | undefined;
  #why: GapWhy | undefined;

  /** `last`: receive time of the last reading that an earlier run stored. */
  constructor(last?: number) {
    this.#last = last;
    if (last !== undefined) this.#why = "link";
  }

  /** A reading: the gap that it closes, if there was one. */
  take(reading: PanelReading): SeriesGap | undefined {
    const { status, reason, interval_ms, data } = reading;
    const ts = newestOf(reading);
    if (!isFresh(status) || data === undefined) {
      this.#why = whyOf(status, reason) ?? this.#why;
      return undefined;
    }
    const from = this.#last;
    const why = this.#why;
    if (from === ts) return undefined;
    this.#last = ts;
    this.#why = undefined;
    if (from === undefined || ts < from) return undefined;
    const long = ts - from > GAP_INTERVALS * (interval_ms ?? Number.POSITIVE_INFINITY);
    // A stop that was too short to miss a poll is no gap: the values on both sides belong together.
    const missed = why !== undefined && interval_ms !== undefined && ts - from > 1.5 * interval_ms;
    if (!long && !missed) return undefined;
    // Nothing failed and nothing was said: the page was hidden or the person looked elsewhere [T58].
    return { from, to: ts, why: why ?? "hidden" };
  }
}

function isFresh(status: Status): boolean {
  return status === "ok" || status === "partial";
}

function whyOf(status: Status, reason: ReasonCode | undefined): GapWhy | undefined {
  if (reason !== undefined && WHY[reason] !== undefined) return WHY[reason];
  return status === "error" ? "error" : undefined;
}
