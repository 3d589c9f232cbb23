/** A deadline that can be paused while a person is asked, and moved to the next step. */
export class StepTimer {
  #timer: NodeJS.Timeout | undefined;
  #expired: (() => void) | undefined;
  #ms = 0;

  start(ms: number, expired: () => void): void {
    this.#ms = ms;
    this.#expired = expired;
    this.resume();
  }

  pause(): void {
    clearTimeout(this.#timer);
  }

  /** Starts the current step's time anew. */
  resume(): void {
    clearTimeout(this.#timer);
    if (this.#expired !== undefined) this.#timer = setTimeout(this.#expired, this.#ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#expired = undefined;
  }
}
