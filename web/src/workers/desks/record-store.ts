/** What desks keep, each kind apart. */
export type RecordKind =
  | "series"
  | "gaps"
  | "changes"
  | "snapshots"
  | "alerts"
  | "rules"
  | "zeroes"
  | "audit"
  | "captures";

/** Within a device, records of a kind are ordered by their key. */
export type RecordKey = readonly (string | number)[];
export type Stored<T> = { key: RecordKey; value: T };

/**
 * Records of devices on the tablet, encrypted like terminal logs [S71] [T82]. Writes may be late and never reject: a
 * failure is told once and lost only with the worker.
 */
export interface RecordStore {
  put(kind: RecordKind, device: string, key: RecordKey, value: unknown): Promise<void>;
  get<T>(kind: RecordKind, device: string, key: RecordKey): Promise<T | undefined>;
  /** In order of key; `from` and `to` are inclusive prefixes. `last`: only so many, counted from the end. */
  range<T>(
    kind: RecordKind,
    device: string,
    bounds?: { from?: RecordKey; to?: RecordKey; last?: number },
  ): Promise<Stored<T>[]>;
  remove(kind: RecordKind, device: string, key: RecordKey): Promise<void>;
  /** All of a device's records, or everything. */
  clear(device?: string): Promise<void>;
  /** Devices with records of a kind. */
  devices(kind: RecordKind): Promise<string[]>;
  /** Whether there is one, also when it cannot be read now. */
  has(kind: RecordKind, device: string, key: RecordKey): Promise<boolean>;
  /** A device's records of a kind with their bytes as they lie on the tablet; none of them is opened. */
  sizes(kind: RecordKind, device: string): Promise<{ key: RecordKey; bytes: number }[]>;
  close(): void;
}

/** Numbers before text, both ascending; a shorter key before the longer ones that begin with it. */
export function compareKeys(a: RecordKey, b: RecordKey): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const [x, y] = [a[at], b[at]];
    if (x === y) continue;
    if (typeof x === "number" && typeof y === "number") return x - y;
    if (typeof x === "number") return -1;
    if (typeof y === "number") return 1;
    return (x ?? "") < (y ?? "") ? -1 : 1;
  }
  return a.length - b.length;
}

/** Keeps records for as long as the worker lives: without a database, and when nothing is to be kept. */
export class MemoryRecords implements RecordStore {
  readonly #kinds = new Map<string, Map<string, Stored<unknown>>>();

  #of(kind: RecordKind, device: string): Map<string, Stored<unknown>> {
    const name = JSON.stringify([kind, device]);
    const found = this.#kinds.get(name) ?? new Map<string, Stored<unknown>>();
    this.#kinds.set(name, found);
    return found;
  }

  async put(kind: RecordKind, device: string, key: RecordKey, value: unknown): Promise<void> {
    this.#of(kind, device).set(JSON.stringify(key), { key, value });
  }

  async get<T>(kind: RecordKind, device: string, key: RecordKey): Promise<T | undefined> {
    return this.#of(kind, device).get(JSON.stringify(key))?.value as T | undefined;
  }

  async range<T>(
    kind: RecordKind,
    device: string,
    { from, to, last }: { from?: RecordKey; to?: RecordKey; last?: number } = {},
  ): Promise<Stored<T>[]> {
    const found = [...this.#of(kind, device).values()]
      .filter(({ key }) => from === undefined || compareKeys(key.slice(0, from.length), from) >= 0)
      .filter(({ key }) => to === undefined || compareKeys(key.slice(0, to.length), to) <= 0)
      .toSorted((a, b) => compareKeys(a.key, b.key)) as Stored<T>[];
    return last === undefined ? found : found.slice(-last);
  }

  async remove(kind: RecordKind, device: string, key: RecordKey): Promise<void> {
    this.#of(kind, device).delete(JSON.stringify(key));
  }

  async clear(device?: string): Promise<void> {
    for (const name of this.#kinds.keys()) {
      const [, of] = JSON.parse(name) as [string, string];
      if (device === undefined || of === device) this.#kinds.delete(name);
    }
  }

  async devices(kind: RecordKind): Promise<string[]> {
    return [...this.#kinds].flatMap(([name, records]) => {
      const [of, device] = JSON.parse(name) as [string, string];
      return of === kind && records.size > 0 ? [device] : [];
    });
  }

  async has(kind: RecordKind, device: string, key: RecordKey): Promise<boolean> {
    return this.#of(kind, device).has(JSON.stringify(key));
  }

  async sizes(kind: RecordKind, device: string): Promise<{ key: RecordKey; bytes: number }[]> {
    return [...this.#of(kind, device).values()].map(({ key, value }) => ({ key, bytes: JSON.stringify(value).length }));
  }

  close(): void {}
}
