import { KEPT_WRITERS } from "../limits.ts";

/** `entered`: epoch from which the page counts in the session's positions; `before`: how far it was until then. */
type Writer = { entered: number; before: number | null; left: number | null };

/**
 * Who wrote input, and how far. Positions are those of the session, so a page that lost it and comes back after another
 * one wrote cannot tell from `in_next` alone which of its own bytes arrived [WP18]; this remembers where each left off.
 * Whether it learned of the move to new positions shows in the epoch that it knows: a welcome can be lost.
 */
export class Writers {
  #current: string | null = null;
  /** Least recent first. */
  readonly #writers = new Map<string, Writer>();

  /** How far the input of `instance` was accepted, in the positions that it counts in; null: it never wrote here. */
  acceptedOf(instance: string, knownEpoch: number, next: number): number | null {
    const writer = this.#writers.get(instance);
    if (writer === undefined) return null;
    return knownEpoch < writer.entered ? writer.before : (writer.left ?? next);
  }

  /** `instance` is attached as of `epoch`, from position `next` on; `own` as acceptedOf() said. */
  enter(instance: string, own: number | null, epoch: number, next: number): void {
    if (instance === this.#current && own === next) return;
    const before = this.#current === null ? undefined : this.#writers.get(this.#current);
    if (before !== undefined) before.left = next;
    this.#writers.delete(instance);
    this.#writers.set(instance, { entered: epoch, before: own, left: null });
    this.#current = instance;
    for (const oldest of this.#writers.keys()) {
      if (this.#writers.size <= KEPT_WRITERS) break;
      this.#writers.delete(oldest);
    }
  }
}
