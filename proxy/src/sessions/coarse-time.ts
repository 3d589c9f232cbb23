/** Failures whose moment tells what a network looks like are answered in steps of 100 ms [S40]. */
import type { ErrorCode } from "#protocol/error-codes.ts";

const TELLS_TIME: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["refused_by_policy", "unreachable", "dial_timeout"]);
const TIME_STEP_MS = 100;

/** How long an answer that is ready after `elapsedMs` still waits. */
export function waitFor(code: ErrorCode, elapsedMs: number): number {
  if (!TELLS_TIME.has(code)) return 0;
  return TIME_STEP_MS - (Math.max(0, Math.floor(elapsedMs)) % TIME_STEP_MS);
}

export async function coarsened(code: ErrorCode, elapsedMs: number): Promise<void> {
  const left = waitFor(code, elapsedMs);
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
}
