/** Longest wait between two tries of a passphrase [S68]. */
const MAX_WAIT_S = 30;

/** How long after `failed` wrong tries the next one has to wait, in seconds: 0, 1, 2, 4 .. 30 [S68]. */
export function unlockWaitS(failed: number): number {
  return failed <= 1 ? 0 : Math.min(MAX_WAIT_S, 2 ** (failed - 2));
}

/** When the next try is allowed, epoch ms. A clock that was set back does not lengthen the wait. */
export function nextTryAt(failed: number, failed_at: number, now: number): number {
  return Math.min(failed_at, now) + unlockWaitS(failed) * 1_000;
}
