import type { Result } from "#protocol/local-messages.ts";

/** Commands that wait for their answer; each is answered exactly once [L5]. */
export class PendingReplies {
  readonly #waiting = new Map<string, (result: Result) => void>();

  /** `id` is the command's own. */
  wait(id: string): Promise<Result> {
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  /** Nothing happens when nobody waits (any more). */
  settle(id: string, result: Result): void {
    const resolve = this.#waiting.get(id);
    if (resolve === undefined) return;
    this.#waiting.delete(id);
    resolve(result);
  }

  isOpen(id: string): boolean {
    return this.#waiting.has(id);
  }

  /** Everything ends here: the tree of actors is gone. */
  settleAll(result: Result): void {
    for (const id of this.#waiting.keys()) this.settle(id, result);
  }
}
