/** Time without an answer after which a worker counts as dead [U97]. */
export const SILENCE_MS = 5_000;
/** How often the page asks; two questions fit into the silence. */
export const ASK_EVERY_MS = 2_000;
/** A timer this late means that the page itself slept: the worker gets a new chance [WP34]. */
export const LAG_MS = 2_500;
/** Two crashes within this time stop the app with a report [U97]. */
export const CRASH_WINDOW_MS = 60_000;

/** What the page does about its worker after a tick. */
export type WatchStep = { ask?: number; dead: boolean };

/** Decides whether the worker lives and whether it may be replaced once more. Pure: times come in, in ms. */
export class WorkerWatch {
  #tick: number | null = null;
  #asked: { n: number; at: number } | null = null;
  #lastAsk = Number.NEGATIVE_INFINITY;
  #n = 0;
  readonly #crashes: number[] = [];

  /** A fresh worker has published its first views: from now on it must answer. */
  begin(now: number): void {
    this.#tick = now;
    this.#asked = null;
    this.#lastAsk = now;
  }

  /** No worker to watch. */
  end(): void {
    this.#tick = null;
    this.#asked = null;
  }

  /** Any message of the worker proves life. */
  heard(): void {
    this.#asked = null;
  }

  /** To be called about once a second. */
  tick(now: number): WatchStep {
    if (this.#tick === null) return { dead: false };
    const late = now - this.#tick > LAG_MS;
    this.#tick = now;
    if (late) this.#asked = null;
    if (this.#asked !== null) return { dead: now - this.#asked.at >= SILENCE_MS };
    if (now - this.#lastAsk < ASK_EVERY_MS) return { dead: false };
    this.#lastAsk = now;
    this.#asked = { n: ++this.#n, at: now };
    return { ask: this.#n, dead: false };
  }

  /** Counts a crash; false when it was the second within a minute. */
  mayReplace(now: number): boolean {
    this.#crashes.push(now);
    const recent = this.#crashes.filter((at) => now - at < CRASH_WINDOW_MS);
    this.#crashes.splice(0, this.#crashes.length, ...recent);
    return recent.length < 2;
  }

  /** The person asked for another start: earlier crashes no longer count. */
  forgive(): void {
    this.#crashes.length = 0;
  }
}
