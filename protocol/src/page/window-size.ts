import { OUT_WINDOW_BYTES, OUT_WINDOW_HIDDEN_BYTES, OUT_WINDOW_MAX_BYTES, OUT_WINDOW_MIN_BYTES } from "../limits.ts";

/** What the page measured; null where it has not yet. */
export type WindowInput = { hidden: boolean; bytesPerSecond: number | null; rttMs: number | null };

/** A page answers this much later than the link would: two display frames, in which it draws what it got. */
export const PAGE_TURN_MS = 32;

/** Output window in bytes: twice what is on the way at the measured rate, little while nobody looks [WP9]. */
export function outputWindow({ hidden, bytesPerSecond, rttMs }: WindowInput): number {
  if (hidden) return OUT_WINDOW_HIDDEN_BYTES;
  if (bytesPerSecond === null || rttMs === null) return OUT_WINDOW_BYTES;
  const wanted = Math.round((2 * bytesPerSecond * (rttMs + PAGE_TURN_MS)) / 1_000);
  return Math.min(OUT_WINDOW_MAX_BYTES, Math.max(OUT_WINDOW_MIN_BYTES, wanted));
}
