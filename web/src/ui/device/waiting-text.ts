import type { SessionPhase } from "#bridge/types.ts";
import { clockText, durationText } from "../format/times.ts";

/** Wall-clock time to the minute; the seconds are in the countdown. */
const minute = (at: number, now: number): string => clockText(at, now).slice(0, -":00".length);

/**
 * What is known of a session while this page is cut off from it: only when the proxy would give it up. Whether the proxy
 * still runs nobody here can know. `idle`: when the device itself usually closes the session, should that come first
 * [WP35]. Times in epoch milliseconds.
 */
export function waitingText(
  phase: SessionPhase,
  graceUntil: number | undefined,
  now: number,
  idle?: { end: number; name: string },
): string {
  if (phase === "resuming") return "Resuming the session";
  if (idle !== undefined && idle.end < (graceUntil ?? Number.POSITIVE_INFINITY)) return idleText(idle, now);
  if (graceUntil === undefined) return "If the proxy still runs, it keeps the session for now";
  if (graceUntil <= now) return `The proxy keeps the session no longer than ${minute(graceUntil, now)}; it may be over`;
  const left = durationText((graceUntil - now) / 1_000);
  return `If the proxy still runs, it keeps the session for ${left} more, until ${minute(graceUntil, now)}`;
}

/** The device's own limit runs on while the page is away; nothing is sent to keep the line alive. */
function idleText({ end, name }: { end: number; name: string }, now: number): string {
  const limit = `the device's idle limit (${name})`;
  if (end <= now) return `By ${limit} the device has usually closed the session at ${minute(end, now)}`;
  return `${durationText((end - now) / 1_000)} until ${limit}, at ${minute(end, now)}, usually closes the session`;
}
