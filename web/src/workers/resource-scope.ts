/**
 * Owner of sockets, ports and timers outside of XState. A throwing action leaves invoked callbacks running and `stop()`
 * skips exit actions, so whoever holds a resource also listens to a scope's signal, and the root's error observer ends
 * the scope [A3].
 */
export class ResourceScope {
  readonly #controller = new AbortController();

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get ended(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Runs `release` at the end; at once when it is over already. Returns the way to take it back. */
  onEnd(release: () => void): () => void {
    const { signal } = this.#controller;
    if (signal.aborted) {
      release();
      return () => {};
    }
    signal.addEventListener("abort", release, { once: true });
    return () => signal.removeEventListener("abort", release);
  }

  /** A scope that ends with this one, or earlier by itself. */
  child(): ResourceScope {
    const child = new ResourceScope();
    const forget = this.onEnd(() => child.end());
    child.onEnd(forget);
    return child;
  }

  end(): void {
    this.#controller.abort();
  }
}
