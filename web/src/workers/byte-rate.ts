/** A flood gets its window within a moment, and a single burst of frames is no flood yet. */
const MEASURE_MS = 100;

/** Output per second, measured over stretches of at least {@link MEASURE_MS}. Times in ms of any monotonic clock. */
export class ByteRate {
  #since: number;
  #bytes = 0;
  #perSecond: number | null = null;

  constructor(now: number) {
    this.#since = now;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** A stretch is over: {@link perSecond} would measure anew. */
  isOld(now: number): boolean {
    return now - this.#since >= MEASURE_MS;
  }

  /** Null until the first stretch is over. */
  perSecond(now: number): number | null {
    if (this.isOld(now)) {
      this.#perSecond = (this.#bytes * 1_000) / (now - this.#since);
      this.#since = now;
      this.#bytes = 0;
    }
    return this.#perSecond;
  }
}
