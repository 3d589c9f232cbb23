import { type DBSchema, type IDBPDatabase, wrap } from "idb";
import type { SeenDates } from "#machines/secret-views.ts";
import type { PendingChange, UiValues } from "#machines/ui-values.ts";
import type { LoginChoice } from "#protocol/local-secrets.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import type { StoredKey } from "../keys/key-ring.ts";
import type { VaultHeader, VaultRecord } from "../vault/vault-store.ts";
import type { DataKeyRecord } from "./sealed-store.ts";

/** Encrypted under a key that never leaves the browser. */
export type Sealed = { iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer };
/** Sealed under a data key [S71]. `until`: how long it is of use, epoch ms, to be told while it is locked. */
export type SealedValue = { sealed: Uint8Array<ArrayBuffer>; until?: number };

/** What the tablet keeps. Keys that protect something are handles that cannot be exported [S7] [S71]. */
export type TabletData = {
  keys: CryptoKeyPair | CryptoKey;
  client: { client_id: string; user: string; label: string; attempt: number };
  ui_state: { values: UiValues; pending: readonly PendingChange[] };
  /** Last-known readings, by `<device>:<panel>`; shown stale without the proxy [U92]. */
  readings: SealedValue;
  /** Command history, by device. */
  history: SealedValue;
  /** What a later page needs to take sessions up again, by sid. */
  resume: SealedValue;
  /** What the collector learned, by fingerprint of the host key. */
  platforms: SealedValue;
  /** Choices that hold for this tablet alone. */
  settings: boolean;
  /** Keys made here: handles that cannot be exported [S52]. */
  ssh_keys: StoredKey;
  /** How this tablet logs in, by device. */
  logins: LoginChoice;
  /** Keys of hosts that a person trusted here and a handshake proved, by `[host]:port` and the way there [S39] [S44]. */
  hop_pins: readonly HostKey[];
  /** When host keys were met, by `[host]:port` and fingerprint [S48]. */
  key_dates: SeenDates;
  vault: VaultHeader;
  vault_records: VaultRecord;
  /** What everything else here is sealed with [S71]. */
  data_keys: DataKeyRecord;
};
export type StoreName = keyof TabletData;
const STORES: readonly StoreName[] = [
  "keys",
  "client",
  "ui_state",
  "readings",
  "history",
  "resume",
  "platforms",
  "settings",
  "ssh_keys",
  "logins",
  "hop_pins",
  "key_dates",
  "vault",
  "vault_records",
  "data_keys",
];

type Schema = DBSchema & { [K in StoreName]: { key: string; value: TabletData[K] } };
const DATABASE = "rackside";
/** 2: settings. 3: keys, logins and the vault. 4: data keys. 5: dates of host keys. */
const VERSION = 5;

/** Key-value storage of the tablet; the app goes on in memory when the browser refuses or fails it. */
export type TabletStore = {
  get<S extends StoreName>(store: S, key: string): Promise<TabletData[S] | undefined>;
  put<S extends StoreName>(store: S, key: string, value: TabletData[S]): Promise<void>;
  /** Puts the value only where there is none, and gives what is there then: of several pages, one is first. */
  offer<S extends StoreName>(store: S, key: string, value: TabletData[S]): Promise<TabletData[S]>;
  remove(store: StoreName, key: string): Promise<void>;
  entries<S extends StoreName>(store: S): Promise<readonly (readonly [string, TabletData[S]])[]>;
  clear(store: StoreName): Promise<void>;
  close(): void;
};

/** Keeps everything for as long as the worker lives; the stand-in when there is no database. */
export class MemoryStore implements TabletStore {
  readonly #stores = new Map<StoreName, Map<string, unknown>>(STORES.map((name) => [name, new Map()]));

  #of(store: StoreName): Map<string, unknown> {
    const entries = this.#stores.get(store) ?? new Map<string, unknown>();
    this.#stores.set(store, entries);
    return entries;
  }

  async get<S extends StoreName>(store: S, key: string): Promise<TabletData[S] | undefined> {
    return this.#of(store).get(key) as TabletData[S] | undefined;
  }

  async put<S extends StoreName>(store: S, key: string, value: TabletData[S]): Promise<void> {
    this.#of(store).set(key, value);
  }

  async offer<S extends StoreName>(store: S, key: string, value: TabletData[S]): Promise<TabletData[S]> {
    const entries = this.#of(store);
    if (!entries.has(key)) entries.set(key, value);
    return entries.get(key) as TabletData[S];
  }

  async remove(store: StoreName, key: string): Promise<void> {
    this.#of(store).delete(key);
  }

  async entries<S extends StoreName>(store: S): Promise<readonly (readonly [string, TabletData[S]])[]> {
    return [...this.#of(store)] as (readonly [string, TabletData[S]])[];
  }

  async clear(store: StoreName): Promise<void> {
    this.#of(store).clear();
  }

  close(): void {}
}

/**
 * IndexedDB behind a memory copy of what was written: a failed write (private mode, quota) is told once and lost only
 * with the worker.
 */
export class DatabaseStore implements TabletStore {
  readonly #memory = new MemoryStore();
  readonly #onFailure: (error: unknown) => void;
  #database: IDBPDatabase<Schema> | null;

  constructor(database: IDBPDatabase<Schema> | null, onFailure: (error: unknown) => void) {
    this.#database = database;
    this.#onFailure = onFailure;
  }

  async get<S extends StoreName>(store: S, key: string): Promise<TabletData[S] | undefined> {
    const own = await this.#memory.get(store, key);
    if (own !== undefined) return own;
    return this.#try((database) => database.get(store, key) as Promise<TabletData[S] | undefined>, undefined);
  }

  async put<S extends StoreName>(store: S, key: string, value: TabletData[S]): Promise<void> {
    const stored = await this.#try(async (database) => {
      await database.put(store, value, key);
      return true;
    }, false);
    if (stored) await this.#memory.remove(store, key);
    else await this.#memory.put(store, key, value);
  }

  async offer<S extends StoreName>(store: S, key: string, value: TabletData[S]): Promise<TabletData[S]> {
    const own = await this.#memory.get(store, key);
    if (own !== undefined) return own;
    const there = await this.#try(async (database) => {
      const tx = database.transaction(store, "readwrite");
      const kept = (await tx.store.get(key)) as TabletData[S] | undefined;
      if (kept === undefined) await tx.store.put(value, key);
      await tx.done;
      return kept ?? value;
    }, undefined);
    return there ?? this.#memory.offer(store, key, value);
  }

  async remove(store: StoreName, key: string): Promise<void> {
    await this.#memory.remove(store, key);
    await this.#try((database) => database.delete(store, key), undefined);
  }

  async entries<S extends StoreName>(store: S): Promise<readonly (readonly [string, TabletData[S]])[]> {
    const stored = await this.#try(async (database): Promise<(readonly [string, TabletData[S]])[]> => {
      const [keys, values] = await Promise.all([database.getAllKeys(store), database.getAll(store)]);
      return keys.map((key, at) => [key, values[at] as TabletData[S]] as const);
    }, []);
    const own = await this.#memory.entries(store);
    return [...new Map<string, TabletData[S]>([...stored, ...own])];
  }

  async clear(store: StoreName): Promise<void> {
    await this.#memory.clear(store);
    await this.#try((database) => database.clear(store), undefined);
  }

  close(): void {
    this.#database?.close();
    this.#database = null;
  }

  async #try<T>(run: (database: IDBPDatabase<Schema>) => Promise<T>, otherwise: T): Promise<T> {
    if (this.#database === null) return otherwise;
    try {
      return await run(this.#database);
    } catch (error) {
      this.#onFailure(error);
      return otherwise;
    }
  }
}

/** Opens the tablet's storage; never rejects. `onFailure` hears of every failure. */
export async function openTabletStore(
  factory: IDBFactory | undefined,
  onFailure: (error: unknown) => void,
): Promise<TabletStore> {
  if (factory === undefined) {
    onFailure(new Error("This browser offers no storage."));
    return new MemoryStore();
  }
  try {
    const request = factory.open(DATABASE, VERSION);
    request.addEventListener("upgradeneeded", () => {
      const { result } = request;
      for (const store of STORES) if (!result.objectStoreNames.contains(store)) result.createObjectStore(store);
    });
    const database = await wrap(request);
    if (database === undefined) throw new Error("The database did not open.");
    // A newer version of the app in another tab may upgrade; this one goes on in memory.
    database.addEventListener("versionchange", () => database.close());
    return new DatabaseStore(database as unknown as IDBPDatabase<Schema>, onFailure);
  } catch (error) {
    onFailure(error);
    return new MemoryStore();
  }
}
