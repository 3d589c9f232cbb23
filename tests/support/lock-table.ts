type LockUser<T> = (lock: { name: string } | null) => Promise<T> | undefined;

/** Web Locks with `ifAvailable`, and with a queue that a signal leads out of: as far as session locks use them. */
export class LockTable {
  /** Who waits for a held lock. */
  readonly #held = new Map<string, (() => void)[]>();

  async request<T>(
    name: string,
    options: { ifAvailable?: boolean; signal?: AbortSignal },
    run: LockUser<T>,
  ): Promise<T | undefined> {
    if (this.#held.has(name)) {
      if (options.ifAvailable === true) return run(null);
      await this.#turn(name, options.signal);
    } else this.#held.set(name, []);
    try {
      return await run({ name });
    } finally {
      const waiting = this.#held.get(name) ?? [];
      const next = waiting.shift();
      if (next === undefined) this.#held.delete(name);
      else next();
    }
  }

  #turn(name: string, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = this.#held.get(name);
      queue?.push(resolve);
      signal?.addEventListener("abort", () => {
        const at = queue?.indexOf(resolve) ?? -1;
        if (at < 0) return;
        queue?.splice(at, 1);
        reject(new DOMException("The request was aborted", "AbortError"));
      });
    });
  }
}
