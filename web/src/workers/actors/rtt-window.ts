/** Round trips of the last minute, for the connection chip [U11]. Times in ms. */
export class RttWindow {
  #samples: { at: number; ms: number }[] = [];

  add(at: number, ms: number): void {
    this.#samples.push({ at, ms });
    this.#forget(at);
  }

  percentiles(now: number): { p50_ms: number; p95_ms: number } {
    this.#forget(now);
    const sorted = this.#samples.map(({ ms }) => ms).sort((a, b) => a - b);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return { p50_ms: at(0.5), p95_ms: at(0.95) };
  }

  #forget(now: number): void {
    this.#samples = this.#samples.filter(({ at }) => now - at <= WINDOW_MS);
  }
}

const WINDOW_MS = 60_000;
