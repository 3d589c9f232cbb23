import type { SeenDates } from "#machines/secret-views.ts";
import type { TabletStore } from "../storage/tablet-store.ts";

type Host = { host: string; port: number };

/** Keys whose dates are kept; beyond it the one goes that was met longest ago. */
const DATES_MAX = 2_000;

/** `[host]:port` and fingerprint: how dates are named, here and in the view. */
export const datesName = ({ host, port }: Host, sha256: string): string => `[${host}]:${port} ${sha256}`;

/** When this tablet met which host key first and last, each time proved by a handshake; for the stop at a changed key [S48]. */
export class KeyDates {
  readonly #store: TabletStore;
  readonly #changed: () => void;
  readonly #dates: Map<string, SeenDates>;

  private constructor(store: TabletStore, dates: Map<string, SeenDates>, changed: () => void) {
    this.#store = store;
    this.#dates = dates;
    this.#changed = changed;
  }

  static async load(store: TabletStore, changed: () => void): Promise<KeyDates> {
    return new KeyDates(store, new Map(await store.entries("key_dates")), changed);
  }

  get all(): Readonly<Record<string, SeenDates>> {
    return Object.fromEntries(this.#dates);
  }

  async met(host: Host, sha256: string, at: number): Promise<void> {
    const name = datesName(host, sha256);
    const dates = { first: this.#dates.get(name)?.first ?? at, last: at };
    this.#dates.set(name, dates);
    const oldest = this.#dates.size > DATES_MAX ? this.#metLongestAgo() : undefined;
    if (oldest !== undefined) this.#dates.delete(oldest);
    this.#changed();
    await this.#store.put("key_dates", name, dates);
    if (oldest !== undefined) await this.#store.remove("key_dates", oldest);
  }

  #metLongestAgo(): string | undefined {
    let found: { name: string; last: number } | undefined;
    for (const [name, { last }] of this.#dates) if (found === undefined || last < found.last) found = { name, last };
    return found?.name;
  }

  async clear(): Promise<void> {
    this.#dates.clear();
    await this.#store.clear("key_dates");
    this.#changed();
  }
}
