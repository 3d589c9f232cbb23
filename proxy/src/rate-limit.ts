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
    this.#forget(now);
    return allowed ? 0 : Math.max(1, Math.ceil((1 - tokens) / this.#perMs / 1_000));
  }

  /** What a token was taken for turned out to cost nothing. */
  giveBack(key: string): void {
    const bucket = this.#buckets.get(key);
    if (bucket !== undefined) bucket.tokens = Math.min(this.#burst, bucket.tokens + 1);
  }

  get size(): number {
    return this.#buckets.size;
  }

  /**
   * Map order is order of use. Keys whose bucket is full again say nothing and go; above the bound the one that was idle
   * longest goes before its time, and starts anew with a full bucket.
   */
  #forget(now: number): void {
    for (const [key, { at }] of this.#buckets) {
      const full = (now - at) * this.#perMs >= this.#burst;
      if (!full && this.#buckets.size <= KEYS_MAX) return;
      this.#buckets.delete(key);
    }
  }
}
