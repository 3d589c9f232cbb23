/**
 * Web Locks that say "a living page has this session": the browser frees them when a page dies, so that its successor,
 * and no second tab, takes the session up [WP28]. Without the API every lock is granted: the proxy still asks the holder.
 */
export class SessionLocks {
  readonly #locks: LockManager | undefined;
  readonly #held = new Map<string, () => void>();

  constructor(locks: LockManager | undefined) {
    this.#locks = locks;
  }

  isHeld(sid: string): boolean {
    return this.#held.has(sid);
  }

  /** True when this page has the lock now; false when another living page has it. */
  async take(sid: string): Promise<boolean> {
    if (this.#held.has(sid)) return true;
    if (this.#locks === undefined) {
      this.#held.set(sid, () => {});
      return true;
    }
    const locks = this.#locks;
    return new Promise((answer) => {
      const done = locks.request(`rackside-session ${sid}`, { ifAvailable: true }, (lock) => {
        if (lock === null) {
          answer(false);
          return undefined;
        }
        return new Promise<void>((release) => {
          this.#held.set(sid, release);
          answer(true);
        });
      });
      done.catch(() => answer(false));
    });
  }

  release(sid: string): void {
    this.#held.get(sid)?.();
    this.#held.delete(sid);
  }

  releaseAll(): void {
    for (const sid of this.#held.keys()) this.release(sid);
  }
}
