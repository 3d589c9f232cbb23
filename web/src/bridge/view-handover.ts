import type { ViewKey, Views } from "#machines/views.ts";
import type { ViewChange } from "#workers/host-api.ts";

/** A successor has its sessions back within a fraction of this, or cannot have them; nobody looks at what is old for longer. */
export const HOLD_MS = 2_000;

type Reader = { get<K extends ViewKey>(key: K): Views[K] | undefined };

/**
 * What a worker publishes that has just replaced another. It begins with nothing: shown at once, that would close every
 * workspace for a moment, and the keyboard's focus would be gone. So it is held until every device that is open on the
 * page is open there as well, or it is plain that it will not be [U97].
 */
export class ViewHandover {
  readonly #open: readonly string[];
  /** From its first views on; null before. */
  #until: number | null = null;
  readonly #values = new Map<ViewKey, unknown>();

  private constructor(open: readonly string[]) {
    this.#open = open;
  }

  /** Null when the page shows no session: there is nothing to keep. */
  static from(shown: Reader): ViewHandover | null {
    const open = shown.get("catalog")?.open ?? [];
    return open.length === 0 ? null : new ViewHandover(open);
  }

  take(changes: readonly ViewChange[], now: number): void {
    this.#until ??= now + HOLD_MS;
    for (const [key, value] of changes) {
      if (value === undefined) this.#values.delete(key);
      else this.#values.set(key, value);
    }
  }

  /** Whether the page is to see it now. */
  isDue(now: number): boolean {
    if (this.#until === null) return false;
    if (now >= this.#until || this.#get("vault")?.phase === "locked") return true;
    const signIn = this.#get("sign_in")?.phase ?? "checking";
    if (signIn === "checking") return false;
    const there = this.#get("catalog")?.open ?? [];
    return signIn !== "paired" || this.#open.every((device) => there.includes(device));
  }

  /** Every view of the new worker. */
  get views(): readonly ViewChange[] {
    return [...this.#values] as unknown as readonly ViewChange[];
  }

  #get<K extends ViewKey>(key: K): Views[K] | undefined {
    return this.#values.get(key) as Views[K] | undefined;
  }
}
