import type { SessionPhase } from "#bridge/types.ts";
import { clockText, durationText } from "../format/times.ts";

/** Wall-clock time to the minute; the seconds are in the countdown. */
const minute = (at: number, now: number): string => clockText(at, now).slice(0, -":00".length);

/**
 * What is known of a session while this page is cut off from it: only when the proxy would give it up. Whether the proxy
 * still runs nobody here can know. Times in epoch milliseconds.
 */
export function waitingText(phase: SessionPhase, graceUntil: number | undefined, now: number): string {
  if (phase === "resuming") return "Resuming the session";
  if (graceUntil === undefined) return "If the proxy still runs, it keeps the session for now";
  if (graceUntil <= now) return `The proxy keeps the session no longer than ${minute(graceUntil, now)}; it may be over`;
  const left = durationText((graceUntil - now) / 1_000);
  return `If the proxy still runs, it keeps the session for ${left} more, until ${minute(graceUntil, now)}`;
}
