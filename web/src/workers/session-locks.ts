/**
 * Web Locks that say "a living page has this session": the browser frees them when a page dies, so that its successor,
 * and no second tab, takes the session up [WP28]. Without the API every lock is granted: the proxy still asks the holder.
 */
export class SessionLocks {
  readonly #locks: LockManager | undefined;
  /** The page that this worker belongs to. */
  readonly #page: string | undefined;
  readonly #held = new Map<string, () => void>();
  readonly #claims = new Map<string, AbortController>();
  /** Whoever took locks here is no more: one that it still waits for must not stay with it. */
  #over = false;

  constructor(locks: LockManager | undefined, page?: string) {
    this.#locks = locks;
    this.#page = page;
  }

  isHeld(sid: string): boolean {
    return this.#held.has(sid);
  }

  /** Held, or waited for as the heir of a worker that is gone: no other living page has it, as far as this one knows. */
  isOurs(sid: string): boolean {
    return this.#held.has(sid) || this.#claims.has(sid);
  }

  /**
   * True when the session may be taken up here: its lock is free, or the worker that had it was this page's own. A page
   * has one worker at a time, so that one is gone, however long the browser takes to free the locks of a blocked one
   * [U97]. The lock follows; until then the proxy is not told that it is held, and asks whoever may be there [WP28].
   */
  async takeUp({ sid, page }: { sid: string; page?: string | undefined }): Promise<boolean> {
    if (await this.take(sid)) return true;
    if (this.#over || page === undefined || page !== this.#page) return false;
    this.claim(sid);
    return true;
  }

  /** True when this page has the lock now; false when another living page has it. */
  async take(sid: string): Promise<boolean> {
    if (this.#over) return false;
    if (this.#held.has(sid)) return true;
    if (this.#locks === undefined) {
      this.#held.set(sid, () => {});
      return true;
    }
    const locks = this.#locks;
    return new Promise((answer) => {
      const done = locks.request(nameOf(sid), { ifAvailable: true }, (lock) => {
        if (lock === null || this.#over) {
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

  /**
   * For a session that this page has: its lock, as soon as the page before lets go of it. Without this a third page would
   * find the lock free, and pass for an heir [I10].
   */
  claim(sid: string): void {
    if (this.#held.has(sid) || this.#claims.has(sid)) return;
    if (this.#locks === undefined) {
      this.#held.set(sid, () => {});
      return;
    }
    const claim = new AbortController();
    this.#claims.set(sid, claim);
    const over = (): void => void this.#claims.delete(sid);
    const done = this.#locks.request(nameOf(sid), { signal: claim.signal }, () => {
      over();
      return new Promise<void>((release) => void this.#held.set(sid, release));
    });
    done.catch(over);
  }

  /** Another page has the session after all: its lock is not waited for any more. */
  dropClaim(sid: string): void {
    this.#claims.get(sid)?.abort();
    this.#claims.delete(sid);
  }

  release(sid: string): void {
    this.dropClaim(sid);
    this.#held.get(sid)?.();
    this.#held.delete(sid);
  }

  /** Frees all of them, for good. */
  releaseAll(): void {
    this.#over = true;
    for (const sid of [...this.#held.keys(), ...this.#claims.keys()]) this.release(sid);
  }
}

function nameOf(sid: string): string {
  return `rackside-session ${sid}`;
}
