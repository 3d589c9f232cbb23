import type { ErrorPayload } from "#protocol/messages/error.ts";

/** Reconnects of ssh2 wait 2, 4, 8 .. 60 s with full jitter [T60]. */
const FIRST_STEP_MS = 2_000;
const LAST_STEP_MS = 60_000;
/** More logins than this within ten minutes fill the device's log: stop and ask [T60]. */
export const LOGINS_MAX = 6;
export const LOGIN_WINDOW_MS = 10 * 60_000;

/** Failures of the way to the device; everything else needs a person [T60]. */
const NETWORK: ReadonlySet<string> = new Set(["unreachable", "dial_timeout", "device_closed", "overloaded", "limit"]);

export function isNetworkFailure(error: Pick<ErrorPayload, "code"> | undefined): boolean {
  return error === undefined || NETWORK.has(error.code);
}

/** Milliseconds before reconnect number `attempt` (0 first); never sooner than the proxy asked for. */
export function telemetryDelay(attempt: number, random: number, retryAfterS = 0): number {
  const step = Math.min(LAST_STEP_MS, FIRST_STEP_MS * 2 ** Math.min(attempt, 10));
  return Math.max(Math.floor(step * random), retryAfterS * 1_000);
}

/** Login times that still count. */
export function recentLogins(logins: readonly number[], at: number): readonly number[] {
  return logins.filter((login) => at - login < LOGIN_WINDOW_MS);
}
