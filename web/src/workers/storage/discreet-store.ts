import { MemoryStore, type StoreName, type TabletData, type TabletStore } from "./tablet-store.ts";

/** What "keep nothing on this tablet" is about: whatever comes from devices or opens sessions [S71]. */
const PRIVATE: ReadonlySet<StoreName> = new Set([
  "readings",
  "history",
  "resume",
  "platforms",
  "key_dates",
  "data_keys",
]);
const SETTING = "keep_nothing";

/**
 * A store that keeps what is private in memory only while the person wants nothing kept on this tablet [WP32]. The pairing,
 * the shared settings and this choice itself stay: without them the app could not start.
 */
export class DiscreetStore implements TabletStore {
  readonly #inner: TabletStore;
  readonly #memory = new MemoryStore();
  #keepNothing = false;

  private constructor(inner: TabletStore) {
    this.#inner = inner;
  }

  static async open(inner: TabletStore): Promise<DiscreetStore> {
    const store = new DiscreetStore(inner);
    await store.look();
    return store;
  }

  get keepNothing(): boolean {
    return this.#keepNothing;
  }

  /** Another page of this tablet may have changed the choice. */
  async look(): Promise<boolean> {
    this.#keepNothing = (await this.#inner.get("settings", SETTING)) === true;
    return this.#keepNothing;
  }

  /** Turning it on wipes what is stored; what this page knows it goes on knowing until it is closed. */
  async setKeepNothing(on: boolean): Promise<void> {
    this.#keepNothing = on;
    await this.#inner.put("settings", SETTING, on);
    for (const store of PRIVATE) await (on ? this.#inner : this.#memory).clear(store);
  }

  #of(store: StoreName): TabletStore {
    return this.#keepNothing && PRIVATE.has(store) ? this.#memory : this.#inner;
  }

  get<S extends StoreName>(store: S, key: string): Promise<TabletData[S] | undefined> {
    return this.#of(store).get(store, key);
  }

  put<S extends StoreName>(store: S, key: string, value: TabletData[S]): Promise<void> {
    return this.#of(store).put(store, key, value);
  }

  offer<S extends StoreName>(store: S, key: string, value: TabletData[S]): Promise<TabletData[S]> {
    return this.#of(store).offer(store, key, value);
  }

  remove(store: StoreName, key: string): Promise<void> {
    return this.#of(store).remove(store, key);
  }

  entries<S extends StoreName>(store: S): Promise<readonly (readonly [string, TabletData[S]])[]> {
    return this.#of(store).entries(store);
  }

  clear(store: StoreName): Promise<void> {
    return this.#of(store).clear(store);
  }

  close(): void {
    this.#inner.close();
  }
}
