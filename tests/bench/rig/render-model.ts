/** Applies bytes in order at a steady speed, as a terminal that parses and draws; it takes time, not processor. */
export class RenderModel {
  readonly #bytesPerMs: number;
  readonly #applied: (bytes: Uint8Array) => void;
  #queue: Uint8Array[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** When the renderer is done with what it has applied. */
  #freeAt = 0;

  constructor(mbPerS: number, applied: (bytes: Uint8Array) => void) {
    this.#bytesPerMs = mbPerS * 1_000;
    this.#applied = applied;
  }

  push(bytes: Uint8Array): void {
    // the frame's buffer belongs to the socket
    this.#queue.push(bytes.slice());
    if (this.#timer !== undefined) return;
    this.#freeAt = Math.max(this.#freeAt, performance.now());
    this.#wait();
  }

  #wait(): void {
    const [next] = this.#queue;
    this.#timer = next && setTimeout(() => this.#work(), this.#doneAt(next) - performance.now());
  }

  #doneAt(bytes: Uint8Array): number {
    return this.#freeAt + bytes.length / this.#bytesPerMs;
  }

  /** Timers are coarse: everything that would be done by now is applied in one go. */
  #work(): void {
    const now = performance.now();
    for (let next = this.#queue[0]; next !== undefined && this.#doneAt(next) <= now; next = this.#queue[0]) {
      this.#freeAt = this.#doneAt(next);
      this.#queue.shift();
      this.#applied(next);
    }
    this.#wait();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#queue = [];
  }
}
