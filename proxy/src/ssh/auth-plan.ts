import type * as v from "valibot";
import type { AuthMethod } from "#protocol/messages/target.ts";

export type Method = v.InferOutput<typeof AuthMethod>;

/** Order of S58. */
export const DEFAULT_ORDER: readonly Method[] = ["none", "publickey", "keyboard-interactive", "password"];
/** Answers a person may give in one attempt, as OpenSSH's NumberOfPasswordPrompts; devices count failures [S58]. */
export const ANSWERED_ROUNDS_MAX = 3;

/** `key`: which of the keys, for `publickey`. */
export type AuthStep = { use: Method; round: number; key?: number } | { fail: "rejected" | "no_method" };

/** Decides which method comes next [S58]. Pure; the caller tells what became of the last one. */
export class AuthPlan {
  readonly #order: readonly Method[];
  readonly #available: ReadonlySet<Method>;
  #exhausted = new Set<Method>();
  #answeredRounds = 0;
  readonly #keys: number;
  #nextKey = 0;
  #last: { method: Method; answered: boolean } | undefined;

  /** `available`: methods for which there is someone to answer; `keys`: how many may be offered, each once [S58]. */
  constructor(order: readonly Method[], available: ReadonlySet<Method>, keys = 0) {
    this.#keys = keys;
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
      if (last !== undefined) this.#exhaust(last.method);
    } else if (last?.answered === true) {
      this.#answeredRounds += 1;
      if (this.#answeredRounds >= ANSWERED_ROUNDS_MAX) return { fail: "rejected" };
    } else if (last !== undefined) this.#exhaust(last.method);
    const method = this.#order.find((name) => left.includes(name) && this.#canTry(name));
    if (method !== undefined) return this.#use(method);
    return { fail: this.#answeredRounds > 0 || this.#nextKey > 0 ? "rejected" : "no_method" };
  }

  #canTry(name: Method): boolean {
    if (name === "none") return false;
    if (name === "publickey") return this.#nextKey < this.#keys;
    return this.#available.has(name) && !this.#exhausted.has(name);
  }

  /** Keys count themselves: a device may want two of them. */
  #exhaust(method: Method): void {
    if (method !== "publickey") this.#exhausted.add(method);
  }

  #use(method: Method): AuthStep {
    this.#last = { method, answered: false };
    const step = { use: method, round: this.#answeredRounds + 1 };
    if (method !== "publickey") return step;
    this.#nextKey += 1;
    return { ...step, key: this.#nextKey - 1 };
  }
}
