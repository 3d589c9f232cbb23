/** Without input on this tablet [S70]. */
export const LOCK_IDLE_MS = 10 * 60_000;
/** With the page hidden [S70]. */
export const LOCK_HIDDEN_MS = 5 * 60_000;

/** Whether an open vault has to be locked now. `hidden_at`: since when the page is hidden; null while it is visible. */
export function lockIsDue(now: number, input_at: number, hidden_at: number | null): boolean {
  return now - input_at >= LOCK_IDLE_MS || (hidden_at !== null && now - hidden_at >= LOCK_HIDDEN_MS);
}
