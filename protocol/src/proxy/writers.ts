import { KEPT_WRITERS } from "../limits.ts";

/** A position of a page's input, in the count that the page used as of `epoch`. */
export type OwnPosition = { pos: number; epoch: number };

/**
 * `entered`: epoch from which the page counts in the session's positions, `enteredAt` where; `before`: how far it was in
 * its count until then; `left`: where another page took over.
 */
type Writer = { entered: number; enteredAt: number; before: OwnPosition | null; left: number | null };

/**
 * Who wrote input, and how far. Positions are those of the session, so a page that lost it and comes back after another
 * one wrote cannot tell from `in_next` alone which of its own bytes arrived [WP18]; this remembers where each left off.
 * A welcome can be lost or come late, so what is said names the epoch whose count it is in.
 */
export class Writers {
  #current: string | null = null;
  /** Least recent first. */
  readonly #writers = new Map<string, Writer>();

  /** How far the input of `instance` was accepted; null: it never wrote here. */
  acceptedOf(instance: string, knownEpoch: number, next: number): OwnPosition | null {
    const writer = this.#writers.get(instance);
    if (writer === undefined) return null;
    const reached = writer.left ?? next;
    // Whoever wrote since it entered has read its welcome, also when this request was sent before.
    const learned = knownEpoch >= writer.entered || reached > writer.enteredAt;
    if (learned) return { pos: reached, epoch: writer.entered };
    // A page that had no count of its own begins where it entered; an older answer may have told it.
    return writer.before ?? { pos: writer.enteredAt, epoch: writer.entered };
  }

  /** `instance` is attached as of `epoch`, from position `next` on; `own` as acceptedOf() said. */
  enter(instance: string, own: OwnPosition | null, epoch: number, next: number): void {
    if (instance === this.#current && own?.pos === next) return;
    const before = this.#current === null ? undefined : this.#writers.get(this.#current);
    if (before !== undefined) before.left = next;
    this.#writers.delete(instance);
    this.#writers.set(instance, { entered: epoch, enteredAt: next, before: own, left: null });
    this.#current = instance;
    for (const oldest of this.#writers.keys()) {
      if (this.#writers.size <= KEPT_WRITERS) break;
      this.#writers.delete(oldest);
    }
  }
}
