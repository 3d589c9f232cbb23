import type { SeenDates } from "#machines/secret-views.ts";
import { AT_ONCE, type Turn } from "../storage/tab-turns.ts";
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
  readonly #turn: Turn;
  #dates = new Map<string, SeenDates>();

  private constructor(store: TabletStore, changed: () => void, turn: Turn) {
    this.#store = store;
    this.#changed = changed;
    this.#turn = turn;
  }

  static async load(store: TabletStore, changed: () => void, turn: Turn = AT_ONCE): Promise<KeyDates> {
    const dates = new KeyDates(store, changed, turn);
    await dates.look();
    return dates;
  }

  /** As they are stored now: another tab may have met a key. */
  async look(): Promise<void> {
    this.#dates = new Map(await this.#store.entries("key_dates"));
  }

  get all(): Readonly<Record<string, SeenDates>> {
    return Object.fromEntries(this.#dates);
  }

  async met(host: Host, sha256: string, at: number): Promise<void> {
    const name = datesName(host, sha256);
    await this.#turn(async () => {
      const before = await this.#store.get("key_dates", name);
      const dates = { first: before?.first ?? at, last: at };
      this.#dates.set(name, dates);
      await this.#store.put("key_dates", name, dates);
      const oldest = this.#dates.size > DATES_MAX ? this.#metLongestAgo() : undefined;
      if (oldest === undefined) return;
      this.#dates.delete(oldest);
      await this.#store.remove("key_dates", oldest);
    });
    this.#changed();
  }

  #metLongestAgo(): string | undefined {
    let found: { name: string; last: number } | undefined;
    for (const [name, { last }] of this.#dates) if (found === undefined || last < found.last) found = { name, last };
    return found?.name;
  }

  async clear(): Promise<void> {
    await this.#turn(async () => {
      await this.#store.clear("key_dates");
      this.#dates.clear();
    });
    this.#changed();
  }
}
