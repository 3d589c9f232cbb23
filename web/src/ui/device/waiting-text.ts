import type { SessionPhase } from "#bridge/types.ts";
import { clockText } from "../format/times.ts";

/** Seconds are no use in a promise of many minutes. */
const minute = (at: number, now: number): string => clockText(at, now).slice(0, -":00".length);

/**
 * What is known of a session while this page is cut off from it: only when the proxy would give it up. Whether the proxy
 * still runs nobody here can know. Times in epoch milliseconds.
 */
export function waitingText(phase: SessionPhase, graceUntil: number | undefined, now: number): string {
  if (phase === "resuming") return "Resuming the session";
  if (graceUntil === undefined) return "If the proxy still runs, it keeps the session for now";
  if (graceUntil <= now) return `The proxy keeps the session no longer than ${minute(graceUntil, now)}; it may be over`;
  return `If the proxy still runs, it keeps the session until ${minute(graceUntil, now)}`;
}
