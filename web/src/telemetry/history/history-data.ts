import type { Unit } from "../knowledge/field-defs.ts";

/** Why there is no value [T83]. `locked`: read while the tablet was locked, more than could wait for the unlock. */
export type GapWhy = "link" | "paused" | "throttled" | "reset" | "error" | "hidden" | "clock" | "locked";
/** A stretch without values; epoch milliseconds. */
export type SeriesGap = { from: number; to: number; why: GapWhy };
/** `n` samples around time `t` (epoch ms), in the field's unit [T82]. */
export type HistoryPoint = { t: number; min: number; avg: number; max: number; n: number };
/** One series as charts draw it: points in order of time, and the stretches where the line breaks. */
export type HistoryRange = { series: string; unit: Unit; points: HistoryPoint[]; gaps: SeriesGap[] };
