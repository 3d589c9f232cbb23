import { type DBSchema, type IDBPDatabase, wrap } from "idb";
import { utf8 } from "../keys/bytes.ts";
import type { SealedBox } from "../storage/sealed-box.ts";
import {
  compareKeys,
  MemoryRecords,
  type RecordKey,
  type RecordKind,
  type RecordStore,
  type Stored,
} from "./record-store.ts";

/** What seals the records of a device: a key for each, that the vault wraps when there is one [S71]. */
export type RecordBoxes = (device: string) => SealedBox;

type DatabaseKey = [kind: string, device: string, ...key: (string | number)[]];
type Schema = DBSchema & { records: { key: DatabaseKey; value: Uint8Array } };
const DATABASE = "rackside-records";
const VERSION = 1;

const contextOf = (key: DatabaseKey): string => `record ${JSON.stringify(key)}`;
const keyOf = (kind: RecordKind, device: string, key: RecordKey): DatabaseKey => [kind, device, ...key];

/** All keys that begin with `prefix`: arrays sort after numbers and text, so one stands behind them all. */
function behind(prefix: readonly (string | number)[]): IDBValidKey {
  return [...prefix, []];
}

function boundsOf(kind: RecordKind, device: string, from: RecordKey = [], to: RecordKey = []): IDBKeyRange {
  return IDBKeyRange.bound([kind, device, ...from], behind([kind, device, ...to]));
}

/** Opens the database of records; null where there is none. */
async function openDatabase(factory: IDBFactory | undefined): Promise<IDBPDatabase<Schema> | null> {
  if (factory === undefined) return null;
  const request = factory.open(DATABASE, VERSION);
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore("records"));
  const database = await wrap(request);
  // A newer version of the app in another tab may upgrade; this one goes on in memory.
  database?.addEventListener("versionchange", () => database.close());
  return (database ?? null) as unknown as IDBPDatabase<Schema> | null;
}

/**
 * Records in IndexedDB, each sealed on its own and bound to its key. What cannot be written stays in memory for as long as
 * the worker lives; so does everything while the person wants nothing kept on this tablet [WP32].
 */
export class DatabaseRecords implements RecordStore {
  readonly #database: IDBPDatabase<Schema> | null;
  readonly #boxOf: RecordBoxes;
  readonly #onFailure: (error: unknown) => void;
  readonly #memory = new MemoryRecords();
  /** How often a device's records were wiped, and all: what was on its way before is not written after [S71]. */
  readonly #wipedOf = new Map<string, number>();
  #wipedAll = 0;
  #keepNothing: boolean;

  constructor(
    database: IDBPDatabase<Schema> | null,
    boxOf: RecordBoxes,
    keepNothing: boolean,
    onFailure: (error: unknown) => void,
  ) {
    this.#database = database;
    this.#boxOf = boxOf;
    this.#keepNothing = keepNothing;
    this.#onFailure = onFailure;
  }

  /** Never rejects; `onFailure` hears of every failure. */
  static async open(
    factory: IDBFactory | undefined,
    boxOf: RecordBoxes,
    keepNothing: boolean,
    onFailure: (error: unknown) => void,
  ): Promise<DatabaseRecords> {
    const database = await openDatabase(factory).catch((error: unknown) => {
      onFailure(error);
      return null;
    });
    return new DatabaseRecords(database, boxOf, keepNothing, onFailure);
  }

  /** Turning it on wipes what is stored; what this worker knows it goes on knowing until the page is closed. */
  async setKeepNothing(on: boolean): Promise<void> {
    this.#keepNothing = on;
    if (on) await this.#try((database) => database.clear("records"), undefined);
  }

  async put(kind: RecordKind, device: string, key: RecordKey, value: unknown): Promise<void> {
    if (this.#keepNothing) return this.#memory.put(kind, device, key, value);
    const isWiped = this.#wipeWatch(device);
    const full = keyOf(kind, device, key);
    const stored = await this.#try(async (database) => {
      const sealed = await this.#boxOf(device).seal(utf8(JSON.stringify(value)), contextOf(full));
      // The choice may have changed while it was sealed.
      if (this.#keepNothing || isWiped()) return false;
      await database.put("records", sealed, full);
      return true;
    }, false);
    if (isWiped()) return;
    if (stored) await this.#memory.remove(kind, device, key);
    else await this.#memory.put(kind, device, key, value);
  }

  /** Says whether the device's records were wiped since. */
  #wipeWatch(device: string): () => boolean {
    const [all, of] = [this.#wipedAll, this.#wipedOf.get(device)];
    return () => this.#wipedAll !== all || this.#wipedOf.get(device) !== of;
  }

  async get<T>(kind: RecordKind, device: string, key: RecordKey): Promise<T | undefined> {
    const own = await this.#memory.get<T>(kind, device, key);
    if (own !== undefined) return own;
    const full = keyOf(kind, device, key);
    const sealed = await this.#try((database) => database.get("records", full), undefined);
    return sealed && ((await this.#unseal(full, sealed)) as T | undefined);
  }

  async range<T>(
    kind: RecordKind,
    device: string,
    bounds: { from?: RecordKey; to?: RecordKey; last?: number } = {},
  ): Promise<Stored<T>[]> {
    const { from, to, last } = bounds;
    const rows = await this.#try(async (database) => {
      const range = boundsOf(kind, device, from, to);
      if (last !== undefined) return newest(database, range, last);
      const { store } = database.transaction("records");
      const [keys, values] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
      return keys.flatMap((key, at) => (values[at] === undefined ? [] : [{ key, sealed: values[at] }]));
    }, []);
    const stored = await Promise.all(
      rows.map(async ({ key, sealed }) => {
        const value = (await this.#unseal(key, sealed)) as T | undefined;
        return value === undefined ? [] : [{ key: key.slice(2), value }];
      }),
    );
    const own = await this.#memory.range<T>(kind, device, bounds);
    const merged = new Map([...stored.flat(), ...own].map((record) => [JSON.stringify(record.key), record]));
    const sorted = [...merged.values()].toSorted((a, b) => compareKeys(a.key, b.key));
    return last === undefined ? sorted : sorted.slice(-last);
  }

  async remove(kind: RecordKind, device: string, key: RecordKey): Promise<void> {
    await this.#memory.remove(kind, device, key);
    await this.#try((database) => database.delete("records", keyOf(kind, device, key)), undefined);
  }

  async clear(device?: string): Promise<void> {
    if (device === undefined) this.#wipedAll++;
    else this.#wipedOf.set(device, (this.#wipedOf.get(device) ?? 0) + 1);
    await this.#memory.clear(device);
    if (device !== undefined) await this.#boxOf(device).forget();
    await this.#try(async (database) => {
      if (device === undefined) return database.clear("records");
      const tx = database.transaction("records", "readwrite");
      let cursor = await tx.store.openKeyCursor();
      while (cursor !== null) {
        if (cursor.key[1] === device) await tx.store.delete(cursor.key);
        cursor = await cursor.continue();
      }
      return tx.done;
    }, undefined);
  }

  /** The vault is erased: what cannot be opened any more goes [S71]. */
  async sweep(): Promise<void> {
    await this.#try(async (database) => {
      const keys = await database.getAllKeys("records");
      for (const key of keys) {
        const sealed = await database.get("records", key);
        if (sealed === undefined || (await this.#unseal(key, sealed)) !== undefined) continue;
        if (!(await this.#boxOf(key[1]).isLocked(sealed))) await database.delete("records", key);
      }
    }, undefined);
  }

  async #unseal(key: DatabaseKey, sealed: Uint8Array): Promise<unknown> {
    const plain = await this.#boxOf(key[1]).open(sealed, contextOf(key));
    return plain && JSON.parse(new TextDecoder().decode(plain));
  }

  async devices(kind: RecordKind): Promise<string[]> {
    const stored = await this.#try(async (database) => {
      const keys = await database.getAllKeys("records", IDBKeyRange.bound([kind], behind([kind])));
      return keys.map(([, device]) => device);
    }, []);
    return [...new Set([...stored, ...(await this.#memory.devices(kind))])];
  }

  async has(kind: RecordKind, device: string, key: RecordKey): Promise<boolean> {
    if (await this.#memory.has(kind, device, key)) return true;
    const full = keyOf(kind, device, key);
    // What cannot be asked about may be there.
    return this.#try(async (database) => (await database.count("records", full)) > 0, this.#database !== null);
  }

  async sizes(kind: RecordKind, device: string): Promise<{ key: RecordKey; bytes: number }[]> {
    const stored = await this.#try(async (database) => {
      const range = boundsOf(kind, device);
      const { store } = database.transaction("records");
      const [keys, values] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
      return keys.map((key, at) => ({ key: key.slice(2), bytes: values[at]?.byteLength ?? 0 }));
    }, []);
    return [...stored, ...(await this.#memory.sizes(kind, device))];
  }

  close(): void {
    this.#database?.close();
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

/** The last `count` rows of a range, in order. */
async function newest(
  database: IDBPDatabase<Schema>,
  range: IDBKeyRange,
  count: number,
): Promise<{ key: DatabaseKey; sealed: Uint8Array }[]> {
  const rows: { key: DatabaseKey; sealed: Uint8Array }[] = [];
  let cursor = await database.transaction("records").store.openCursor(range, "prev");
  while (cursor !== null && rows.length < count) {
    rows.push({ key: cursor.key, sealed: cursor.value });
    cursor = await cursor.continue();
  }
  return rows.toReversed();
}
