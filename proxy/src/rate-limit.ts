/** Token buckets by key, in a bounded map: a sweep of addresses cannot grow it [S23]. */
const KEYS_MAX = 4_096;

type Bucket = { tokens: number; at: number };

export class RateLimit {
  readonly #perMs: number;
  readonly #burst: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** `perMinute` tokens flow in; at most `burst` are saved up. */
  constructor(perMinute: number, burst: number, now: () => number = Date.now) {
    this.#perMs = perMinute / 60_000;
    this.#burst = burst;
    this.#now = now;
  }

  /** Takes one token; 0 when allowed, else the seconds to wait. */
  take(key: string): number {
    const now = this.#now();
    const known = this.#buckets.get(key);
    const tokens =
      known === undefined ? this.#burst : Math.min(this.#burst, known.tokens + (now - known.at) * this.#perMs);
    this.#buckets.delete(key);
    const allowed = tokens >= 1;
    this.#buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at: now });
    if (this.#buckets.size > KEYS_MAX) {
      // Map order is order of use: the key that was idle longest goes, and starts anew with a full bucket.
      const oldest = this.#buckets.keys().next();
      if (oldest.done !== true) this.#buckets.delete(oldest.value);
    }
    return allowed ? 0 : Math.max(1, Math.ceil((1 - tokens) / this.#perMs / 1_000));
  }
}
