import type * as v from "valibot";
import type { AuthMethod } from "#protocol/messages/target.ts";

export type Method = v.InferOutput<typeof AuthMethod>;

/** Order of S58. */
export const DEFAULT_ORDER: readonly Method[] = ["none", "publickey", "keyboard-interactive", "password"];
/** Answers a person may give in one attempt, as OpenSSH's NumberOfPasswordPrompts; devices count failures [S58]. */
export const ANSWERED_ROUNDS_MAX = 3;

export type AuthStep = { use: Method; round: number } | { fail: "rejected" | "no_method" };

/** Decides which method comes next [S58]. Pure; the caller tells what became of the last one. */
export class AuthPlan {
  readonly #order: readonly Method[];
  readonly #available: ReadonlySet<Method>;
  #exhausted = new Set<Method>();
  #answeredRounds = 0;
  #last: { method: Method; answered: boolean } | undefined;

  /** `available`: methods for which there is someone or something to answer. */
  constructor(order: readonly Method[], available: ReadonlySet<Method>) {
    this.#order = order.length === 0 ? DEFAULT_ORDER : order;
    this.#available = available;
  }

  /** The person answered a prompt of the running method. */
  answered(): void {
    if (this.#last !== undefined) this.#last.answered = true;
  }

  /** `left`: methods the device still takes, null before the first refusal; `partial`: the last one was accepted as a part. */
  next(left: readonly string[] | null, partial: boolean): AuthStep {
    if (left === null) return this.#use("none");
    const last = this.#last;
    if (partial) {
      this.#answeredRounds = 0;
      this.#exhausted = new Set();
      if (last !== undefined) this.#exhausted.add(last.method);
    } else if (last?.answered === true) {
      this.#answeredRounds += 1;
      if (this.#answeredRounds >= ANSWERED_ROUNDS_MAX) return { fail: "rejected" };
    } else if (last !== undefined) this.#exhausted.add(last.method);
    const method = this.#order.find(
      (name) => name !== "none" && left.includes(name) && this.#available.has(name) && !this.#exhausted.has(name),
    );
    if (method !== undefined) return this.#use(method);
    return { fail: this.#answeredRounds > 0 ? "rejected" : "no_method" };
  }

  #use(method: Method): AuthStep {
    this.#last = { method, answered: false };
    return { use: method, round: this.#answeredRounds + 1 };
  }
}
