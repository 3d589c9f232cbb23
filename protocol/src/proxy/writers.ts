import { KEPT_WRITERS } from "../limits.ts";

/**
 * Who wrote input, and how far. Positions are those of the session, so a page that lost it and comes back after another
 * one wrote cannot tell from `in_next` alone which of its own bytes arrived [WP18]; this remembers where each left off.
 */
export class Writers {
  #current: string | null = null;
  /** Position at which each earlier page was fenced, least recent first. */
  readonly #left = new Map<string, number>();

  /**
   * How far the input of `instance` was accepted: `next` for the last writer, where it left off for an earlier one, null
   * for a page that never wrote here.
   */
  acceptedOf(instance: string, next: number): number | null {
    return instance === this.#current ? next : (this.#left.get(instance) ?? null);
  }

  /** `instance` is attached from position `next` on. */
  enter(instance: string, next: number): void {
    if (instance === this.#current) return;
    if (this.#current !== null) this.#left.set(this.#current, next);
    this.#left.delete(instance);
    this.#current = instance;
    for (const oldest of this.#left.keys()) {
      if (this.#left.size <= KEPT_WRITERS) break;
      this.#left.delete(oldest);
    }
  }
}
