import { newestOf, newestSteady, type PanelReading, type ReasonCode, type Status } from "../knowledge/reading.ts";
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

/** Times of day that moved by more than this against the time that passed were set, milliseconds [T15]. */
const CLOCK_SET_MS = 1_000;

/** Finds the stretches without values in the readings of one panel, and why. */
export class GapWatch {
  /** The last reading with values: its time of day, and that by the clock that nobody sets when it is of this run. */
  #last: { ts: number; steady?: number } | undefined;
  #why: GapWhy | undefined;
  /** Values were read and lost since the last reading: the next one closes a gap, however short. */
  #lost: GapWhy | undefined;

  /** `last`: receive time of the last reading that an earlier run stored. */
  constructor(last?: number) {
    if (last === undefined) return;
    this.#last = { ts: last };
    this.#why = "link";
  }

  /** The first of readings that were lost: the gap that it closes, and the begin of one that the next reading closes. */
  lose(reading: PanelReading, why: GapWhy): SeriesGap | undefined {
    const gap = this.take(reading);
    this.#lost = why;
    return gap;
  }

  /** A reading: the gap that it closes, if there was one. */
  take(reading: PanelReading): SeriesGap | undefined {
    const { status, reason, interval_ms = Number.POSITIVE_INFINITY, data } = reading;
    const [ts, steady] = [newestOf(reading), newestSteady(reading)];
    if (!isFresh(status) || data === undefined) {
      this.#why = whyOf(status, reason) ?? this.#why;
      return undefined;
    }
    const last = this.#last;
    const why = this.#why;
    if (last?.steady !== undefined && steady <= last.steady) return undefined;
    this.#last = { ts, steady };
    this.#why = undefined;
    if (last === undefined) return undefined;
    if (ts === last.ts) return undefined;
    // The clock was set back: what was stored in this stretch may have been read before or after what is stored now.
    if (ts < last.ts) return { from: ts, to: last.ts, why: "clock" };
    const lost = this.#lost;
    this.#lost = undefined;
    if (lost !== undefined) return { from: last.ts, to: ts, why: lost };
    const passed = last.steady === undefined ? ts - last.ts : steady - last.steady;
    const long = passed > GAP_INTERVALS * interval_ms;
    // A stop that was too short to miss a poll is no gap: the values on both sides belong together.
    const missed = why !== undefined && Number.isFinite(interval_ms) && passed > 1.5 * interval_ms;
    // Nothing failed and nothing was said: the page was hidden or the person looked elsewhere [T58].
    if (long || missed) return { from: last.ts, to: ts, why: why ?? "hidden" };
    return ts - last.ts > passed + CLOCK_SET_MS ? { from: last.ts, to: ts, why: why ?? "clock" } : undefined;
  }
}

function isFresh(status: Status): boolean {
  return status === "ok" || status === "partial";
}

function whyOf(status: Status, reason: ReasonCode | undefined): GapWhy | undefined {
  if (reason !== undefined && WHY[reason] !== undefined) return WHY[reason];
  return status === "error" ? "error" : undefined;
}
