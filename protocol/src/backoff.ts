import { BACKOFF_MS } from "./limits.ts";

/**
 * Time to wait before reconnect number `attempt` (0 for the first after a loss), in ms, with full jitter: anything from
 * 0 to the step, so that a hall of tablets does not return as one [section 11]. `random` is in [0, 1).
 * Start again at 0 on wake or tap; do not dial while hidden.
 */
export function backoffDelay(attempt: number, random: number): number {
  const step = BACKOFF_MS[Math.min(attempt, BACKOFF_MS.length - 1)] ?? 0;
  return Math.floor(step * random);
}
