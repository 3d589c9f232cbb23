/** Most answers, and bytes of them, that a session gives in any second [S83]. */
export const REPLIES_PER_SECOND = 32;
const REPLY_BYTES_PER_SECOND = 4 * 1024;
const SECOND_MS = 1_000;

/** Counts answers to queries; a device that asks too much is no longer answered [S83]. */
export class ReplyBudget {
  /** Answers of the last second, oldest first; never more than {@link REPLIES_PER_SECOND}. */
  #given: { at: number; bytes: number }[] = [];

  /** Takes one answer of that size at time `now` (ms); false when it must not be sent. */
  take(bytes: number, now: number): boolean {
    this.#given = this.#given.filter(({ at }) => now - at < SECOND_MS);
    const used = this.#given.reduce((sum, one) => sum + one.bytes, 0);
    if (this.#given.length + 1 > REPLIES_PER_SECOND || used + bytes > REPLY_BYTES_PER_SECOND) return false;
    this.#given.push({ at: now, bytes });
    return true;
  }
}
