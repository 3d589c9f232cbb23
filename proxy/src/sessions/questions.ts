/** What a connecting session asks its page: correlated by id, repeated on a new link, held 60 s. */
import type { Down } from "#protocol/down.ts";
import { PROMPT_HELD_MS } from "#protocol/limits.ts";
import { random128 } from "../random.ts";

type Pending = { message: Down; settle: (reply: unknown) => void; timer: NodeJS.Timeout };

export class Questions {
  readonly #send: (message: Down) => void;
  readonly #pending = new Map<string, Pending>();

  constructor(send: (message: Down) => void) {
    this.#send = send;
  }

  /** Asks and waits; undefined when nobody answered in time or the attempt ended. `make` puts the id in the message. */
  ask(make: (id: string) => Down): Promise<unknown> {
    const id = random128();
    const message = make(id);
    return new Promise((resolve) => {
      const settle = (reply: unknown) => {
        clearTimeout(timer);
        this.#pending.delete(id);
        resolve(reply);
      };
      const timer = setTimeout(() => settle(undefined), PROMPT_HELD_MS);
      this.#pending.set(id, { message, settle, timer });
      this.#send(message);
    });
  }

  /** Takes a reply; false when no such question is open. */
  answer(id: string | undefined, reply: unknown): boolean {
    const pending = id === undefined ? undefined : this.#pending.get(id);
    pending?.settle(reply);
    return pending !== undefined;
  }

  /** Asks again on a new link; the time goes on. */
  repeat(): void {
    for (const { message } of this.#pending.values()) this.#send(message);
  }

  /** Nobody will answer any more. */
  drop(): void {
    for (const { settle } of this.#pending.values()) settle(undefined);
  }
}
