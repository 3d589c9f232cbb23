import { type DBSchema, type IDBPDatabase, wrap } from "idb";
import type { StoredDataKey } from "./data-keys.ts";

/** Where the log of a session begins: the size and the modes in force there [WP30]. None of it is the device's text. */
export type LogHead = { pos: number; modes: string; cols: number; rows: number; trimmed: boolean };
/** `id` names this beginning of the log: another page may begin it anew, and the one before must not write on. */
export type LogMeta = { version: 1; id: string; key: StoredDataKey; head: LogHead; at: number };
/** The log was begun anew or wiped by another page of this tablet. */
export class LogSuperseded extends Error {}

/** A record as it is stored. Only the device's bytes are secret; they are sealed under the session's key [S71]. */
export type LogRow =
  | { kind: "bytes"; pos: number; to: number; iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer }
  | { kind: "size"; pos: number; to: number; cols: number; rows: number }
  | { kind: "gap"; pos: number; to: number };
/** A row with its place in the log: rows count up, so that marks at one position keep their order. */
export type PlacedRow = { n: number; row: LogRow };

type Schema = DBSchema & {
  meta: { key: string; value: LogMeta };
  wal: { key: [string, number]; value: LogRow };
};
const DATABASE = "rackside-log";
const VERSION = 1;

/**
 * IndexedDB under the terminals' logs [WP29]. Every method rejects when storage fails: a log that cannot be kept must not
 * be reported as saved.
 */
export class TerminalLogStore {
  readonly #database: IDBPDatabase<Schema>;

  constructor(database: IDBPDatabase<Schema>) {
    this.#database = database;
  }

  /** Null where there is no storage. */
  static async open(factory: IDBFactory | undefined): Promise<TerminalLogStore | null> {
    if (factory === undefined) return null;
    try {
      const request = factory.open(DATABASE, VERSION);
      request.addEventListener("upgradeneeded", () => {
        request.result.createObjectStore("meta");
        request.result.createObjectStore("wal");
      });
      const database = await wrap(request);
      if (database === undefined) return null;
      database.addEventListener("versionchange", () => database.close());
      return new TerminalLogStore(database as unknown as IDBPDatabase<Schema>);
    } catch {
      return null;
    }
  }

  async meta(sid: string): Promise<LogMeta | undefined> {
    return this.#database.get("meta", sid);
  }

  /** The same key, otherwise wrapped; only while it is the log's. */
  async rekey(sid: string, id: string, key: StoredDataKey): Promise<void> {
    const tx = this.#database.transaction("meta", "readwrite");
    const before = await tx.store.get(sid);
    if (before?.id === id) await tx.store.put({ ...before, key }, sid);
    await tx.done;
  }

  /** Makes the log that of `id`, and says where it ends: whoever had it before writes no more. */
  async claim(sid: string, id: string): Promise<{ meta: LogMeta; last: PlacedRow | undefined } | undefined> {
    const tx = this.#database.transaction(["meta", "wal"], "readwrite");
    const before = await tx.objectStore("meta").get(sid);
    if (before === undefined) return undefined;
    const meta = { ...before, id };
    const [cursor] = await Promise.all([
      tx.objectStore("wal").openCursor(rowsOf(sid), "prev"),
      tx.objectStore("meta").put(meta, sid),
    ]);
    await tx.done;
    return { meta, last: cursor === null ? undefined : { n: cursor.key[1], row: cursor.value } };
  }

  /** An empty log in place of whatever was there. */
  async create(sid: string, meta: LogMeta): Promise<void> {
    const tx = this.#database.transaction(["meta", "wal"], "readwrite");
    await Promise.all([tx.objectStore("wal").delete(rowsOf(sid)), tx.objectStore("meta").put(meta, sid), tx.done]);
  }

  /** All rows or none; none when the log is no longer `id`. */
  async append(sid: string, id: string, rows: readonly PlacedRow[]): Promise<void> {
    const tx = this.#database.transaction(["meta", "wal"], "readwrite");
    const current = (await tx.objectStore("meta").get(sid))?.id === id;
    const wal = tx.objectStore("wal");
    await Promise.all([...(current ? rows : []).map(({ n, row }) => wal.put(row, [sid, n])), tx.done]);
    if (!current) throw new LogSuperseded();
  }

  /** Up to `limit` rows from row `n` on. */
  async rows(sid: string, n: number, limit: number): Promise<readonly PlacedRow[]> {
    const range = IDBKeyRange.bound([sid, n], [sid, Number.POSITIVE_INFINITY]);
    const { store } = this.#database.transaction("wal");
    const [keys, rows] = await Promise.all([store.getAllKeys(range, limit), store.getAll(range, limit)]);
    return keys.flatMap((key, at) => {
      const row = rows[at];
      return row === undefined ? [] : [{ n: key[1], row }];
    });
  }

  /** Drops rows before the new head. `first`: the first row that stays, where the caller knows it. */
  async trim(sid: string, meta: LogMeta, first?: number): Promise<void> {
    const tx = this.#database.transaction(["meta", "wal"], "readwrite");
    const current = (await tx.objectStore("meta").get(sid))?.id === meta.id;
    if (current) await tx.objectStore("meta").put(meta, sid);
    if (current && first !== undefined) {
      await Promise.all([
        tx.objectStore("wal").delete(IDBKeyRange.bound([sid, 0], [sid, first], false, true)),
        tx.done,
      ]);
      return;
    }
    let cursor = current ? await tx.objectStore("wal").openCursor(rowsOf(sid)) : null;
    while (cursor !== null && isBefore(cursor.value, meta.head.pos)) {
      await cursor.delete();
      cursor = await cursor.continue();
    }
    await tx.done;
  }

  /** Rows and key: without the key nothing that a disk still holds can be read. With `id` only if it is still that log. */
  async wipe(sid: string, id?: string): Promise<void> {
    const tx = this.#database.transaction(["meta", "wal"], "readwrite");
    if (id !== undefined && (await tx.objectStore("meta").get(sid))?.id !== id) return tx.done;
    await Promise.all([tx.objectStore("meta").delete(sid), tx.objectStore("wal").delete(rowsOf(sid)), tx.done]);
  }

  async wipeAll(): Promise<void> {
    const tx = this.#database.transaction(["meta", "wal"], "readwrite");
    await Promise.all([tx.objectStore("meta").clear(), tx.objectStore("wal").clear(), tx.done]);
  }

  /** Sessions that have a log, when it was begun, and its key as it is stored. */
  async sessions(): Promise<readonly ({ sid: string } & Pick<LogMeta, "id" | "key" | "at">)[]> {
    const { store } = this.#database.transaction("meta");
    const [keys, metas] = await Promise.all([store.getAllKeys(), store.getAll()]);
    return keys.flatMap((sid, n) => {
      const meta = metas[n];
      return meta === undefined ? [] : [{ sid, id: meta.id, key: meta.key, at: meta.at }];
    });
  }

  close(): void {
    this.#database.close();
  }
}

function rowsOf(sid: string): IDBKeyRange {
  return IDBKeyRange.bound([sid, 0], [sid, Number.POSITIVE_INFINITY]);
}

/** Whether a log that begins at `pos` does without the row; a size that holds from there on stays. */
export function isBefore({ kind, to }: Pick<LogRow, "kind" | "to">, pos: number): boolean {
  return kind === "size" ? to < pos : to <= pos;
}
