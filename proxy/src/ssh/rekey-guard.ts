/** More than this many idle rekeys a minute end the connection (section 9 of the security design). */
const REKEYS_PER_MINUTE = 3;
const MINUTE_MS = 60_000;
/** A rekey after at least this much traffic is a device's honest volume limit: it pays for itself. */
const WORTHWHILE_BYTES = 64 * 1024;

/** Tells a device that restarts the key exchange over and over from one that rekeys by volume. */
export class RekeyGuard {
  #times: number[] = [];
  #bytes = 0;

  received(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Notes a rekey; true when it was one too many. */
  rekeyed(now: number): boolean {
    const worthwhile = this.#bytes >= WORTHWHILE_BYTES;
    this.#bytes = 0;
    this.#times = this.#times.filter((time) => now - time < MINUTE_MS);
    if (!worthwhile) this.#times.push(now);
    return this.#times.length > REKEYS_PER_MINUTE;
  }
}
