import type { BytesToPage } from "#bridge/types.ts";

/** A flood is handed on this far apart, in ms: the terminal then draws every second display frame, not every one. */
export const BURST_MS = 32;
/** So much in that time is handed on at once: what a person waits for is less than a screen of text, and no flood. */
export const AT_ONCE_BYTES = 32 * 1024;

export type PacerDeps = {
  /** The terminal's frames are drawn; else nothing is won by waiting, and a hidden page's timers come late. */
  drawn(): boolean;
  pass(message: BytesToPage): void;
};

/**
 * Between the port and the terminal: passes a flood on in bursts, since the terminal draws a frame after whatever it was
 * given, and drawing a screen costs as much as parsing hundreds of KiB. Keeps the order; credit counts what is drawn, so that
 * what waits here is bounded by the window [I4].
 */
export class FloodPacer {
  readonly #deps: PacerDeps;
  #held: BytesToPage[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #since = Number.NEGATIVE_INFINITY;
  #bytes = 0;

  constructor(deps: PacerDeps) {
    this.#deps = deps;
  }

  take(message: BytesToPage): void {
    if (this.#timer !== undefined) {
      this.#held.push(message);
      return;
    }
    const now = performance.now();
    if (now - this.#since >= BURST_MS) this.#begin(now);
    this.#bytes += bytesOf(message);
    if (this.#bytes <= AT_ONCE_BYTES || !this.#deps.drawn()) {
      this.#deps.pass(message);
      return;
    }
    this.#held.push(message);
    this.#timer = setTimeout(() => this.#burst(), BURST_MS - (now - this.#since));
  }

  /** What waits is given up: nobody draws it any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#held = [];
  }

  #burst(): void {
    this.#timer = undefined;
    this.#begin(performance.now());
    const messages = this.#held;
    this.#held = [];
    for (const message of messages) {
      this.#bytes += bytesOf(message);
      this.#deps.pass(message);
    }
  }

  #begin(now: number): void {
    this.#since = now;
    this.#bytes = 0;
  }
}

function bytesOf(message: BytesToPage): number {
  return message.t === "out" ? message.body.byteLength : 0;
}
