/** Most answers, and bytes of them, that a session gives in a second [S83]. */
export const REPLIES_PER_SECOND = 32;
const REPLY_BYTES_PER_SECOND = 4 * 1024;

/** Counts answers to queries; a device that asks too much is no longer answered [S83]. */
export class ReplyBudget {
  #windowStart = Number.NEGATIVE_INFINITY;
  #count = 0;
  #bytes = 0;

  /** Takes one answer of that size at time `now` (ms); false when it must not be sent. */
  take(bytes: number, now: number): boolean {
    if (now - this.#windowStart >= 1_000) {
      this.#windowStart = now;
      this.#count = 0;
      this.#bytes = 0;
    }
    if (this.#count + 1 > REPLIES_PER_SECOND || this.#bytes + bytes > REPLY_BYTES_PER_SECOND) return false;
    this.#count++;
    this.#bytes += bytes;
    return true;
  }
}
