import { planTrim, WAL_MAX_BYTES, type WalRecord, WalWriter } from "#protocol/page/wal.ts";
import { type HostEnv, random128 } from "../host-env.ts";
import { type DataKeys, isVaults, type StoredDataKey } from "./data-keys.ts";
import { type LogStart, TerminalModes } from "./terminal-log-modes.ts";
import { type RowSealing, sealRow, unsealRow } from "./terminal-log-rows.ts";
import { isBefore, type LogHead, type LogRow, LogSuperseded, type TerminalLogStore } from "./terminal-log-store.ts";

/** Rows that are read at once: what a terminal prints in a minute, or 16 MiB at worst. */
const READ_ROWS = 256;
/** Of a log's size: how far line starts that are kept lie apart. */
const START_SHARE = 128;
/** Of a log's size: how much is dropped at once when it is full, so that a flood does not drop a little with every write. */
const DROP_SHARE = 8;
/** A full-screen program without a line start may fill the log so many times over before a redraw has to do as a start. */
const OVERFULL = 4;

export type LogDeps = {
  env: Pick<HostEnv, "now" | "setTimeout" | "clearTimeout" | "crypto">;
  store: TerminalLogStore;
  /** Makes and finds the key that seals it, one for each session. */
  keys: DataKeys;
  /** Size to which a log is kept [WP30]. */
  maxBytes?: number;
};

/** What the key of a session's log is bound to. */
export const logKeyName = (sid: string): string => `log ${sid}`;

/** What is there already when a log is opened again. */
type Stored = { id: string; begun: number; key: CryptoKey; stored: StoredDataKey; end: number; n: number };

export type LogEvents = {
  /** Everything below `pos` is stored. */
  saved(pos: number): void;
  /** Storage failed: nothing more is kept of this session. */
  failed(error: unknown): void;
};

/**
 * The log of one terminal on the tablet [WP29]..[WP32]: output and sizes as they were delivered, sealed under a key of
 * its own, written a few times a second, the oldest part dropped at a line start. Begins where the output begins that it
 * is given.
 */
export class TerminalLog {
  readonly sid: string;
  readonly #deps: LogDeps;
  readonly #writer: WalWriter;
  readonly #modes: TerminalModes;
  readonly #max: number;
  #events: LogEvents = { saved: () => {}, failed: () => {} };
  #head: LogHead;
  #key: CryptoKey | null;
  /** As it is written down. */
  #storedKey: StoredDataKey | null;
  readonly #id: string;
  readonly #begun: number;
  #n: number;
  #saved: number;
  /** Sizes announced for positions that have not come yet. */
  #marks: { at: number; cols: number; rows: number }[] = [];
  /** What came while the stored part was still being looked through for modes. */
  #unscanned: (() => void)[] | null = null;
  #timer: number | null = null;
  #work: Promise<void> = Promise.resolve();
  /** Writes under way: what comes meanwhile is stored together with the next one. */
  #writing = 0;
  /** Rows of this page in the store, for dropping them without reading them again. */
  #rows: { n: number; row: Pick<LogRow, "kind" | "to"> }[] = [];
  #readers = 0;
  #over = false;

  private constructor(deps: LogDeps, sid: string, head: LogHead, stored: Stored | null) {
    const {
      id,
      begun,
      key,
      stored: storedKey,
      end,
      n,
    } = stored ?? {
      id: random128(deps.env.crypto),
      begun: deps.env.now(),
      key: null,
      stored: null,
      end: head.pos,
      n: 0,
    };
    this.#deps = deps;
    this.sid = sid;
    this.#head = head;
    this.#id = id;
    this.#begun = begun;
    this.#key = key;
    this.#storedKey = storedKey;
    this.#writer = new WalWriter(end);
    this.#saved = end;
    this.#n = n;
    this.#max = deps.maxBytes ?? WAL_MAX_BYTES;
    this.#modes = new TerminalModes(head, this.#max / START_SHARE);
  }

  /** Begins a log at `pos`, in place of an older one of the session; output may be pushed at once. */
  static create(deps: LogDeps, sid: string, at: { pos: number; cols: number; rows: number }): TerminalLog {
    const head: LogHead = { ...at, modes: "", trimmed: at.pos > 0 };
    const log = new TerminalLog(deps, sid, head, null);
    log.#do(async () => {
      const { key, stored } = await deps.keys.make(logKeyName(sid));
      log.#key = key;
      log.#storedKey = stored;
      await deps.store.create(sid, { version: 1, id: log.#id, key: stored, head, at: log.#begun });
    });
    return log;
  }

  /** The log that an earlier page or worker left, or undefined. */
  static async open(deps: LogDeps, sid: string): Promise<TerminalLog | undefined> {
    const claimed = await deps.store.claim(sid, random128(deps.env.crypto));
    if (claimed === undefined) return undefined;
    const { meta, last } = claimed;
    const { id, head, key: stored, at } = meta;
    const key = await deps.keys.open(logKeyName(sid), stored);
    if (key === undefined) return undefined;
    const end = Math.max(head.pos, last?.row.to ?? 0);
    const log = new TerminalLog(deps, sid, head, { id, begun: at, key, stored, end, n: (last?.n ?? -1) + 1 });
    log.#unscanned = [];
    void log.#scan();
    return log;
  }

  /** Where it begins: older output is gone from the tablet, or was never here. */
  get head(): LogHead {
    return this.#head;
  }

  /** Position after the last byte that was pushed. */
  get end(): number {
    return this.#writer.end;
  }

  /** Everything below is stored. */
  get saved(): number {
    return this.#saved;
  }

  /** Its key is wrapped by the vault. */
  get isVaults(): boolean {
    return this.#storedKey !== null && isVaults(this.#storedKey);
  }

  /** The vault was opened: a key that was not under it yet is from now on [S71]. */
  rewrap(): void {
    this.#do(async () => {
      const stored = await this.#deps.keys.rewrapped(logKeyName(this.sid), this.#usedKeys().stored);
      if (stored === undefined) return;
      await this.#deps.store.rekey(this.sid, this.#id, stored);
      this.#storedKey = stored;
    });
  }

  /** Nothing is kept any more: the vault is erased, and with it the log's key. */
  abandon(): void {
    if (this.#over) return;
    this.#over = true;
    this.#events.failed(new LogSuperseded());
  }

  serve(events: LogEvents): void {
    this.#events = events;
  }

  /** Output as it is delivered, contiguous; the writer copies it. */
  push(pos: number, bytes: Uint8Array): void {
    if (this.#over) return;
    let rest = bytes;
    let at = pos;
    for (let mark = this.#marks[0]; mark !== undefined && mark.at <= pos + bytes.length; mark = this.#marks[0]) {
      const part = rest.subarray(0, Math.max(0, mark.at - at));
      this.#append(at, part);
      at += part.length;
      rest = rest.subarray(part.length);
      this.#marks.shift();
      this.#resized(mark.cols, mark.rows);
    }
    this.#append(at, rest);
    this.#plan();
  }

  #append(pos: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#writer.push(pos, bytes, this.#deps.env.now());
    this.#look(() => this.#modes.feed(pos, bytes));
  }

  /** The device was told a new size when its output stood at `at`, which may still be on its way. */
  mark(at: number, cols: number, rows: number): void {
    if (this.#over) return;
    if (at > this.end) this.#marks.push({ at, cols, rows });
    else this.#resized(cols, rows);
    this.#plan();
  }

  #resized(cols: number, rows: number): void {
    this.#writer.mark(this.end, cols, rows, this.#deps.env.now());
    this.#look(() => this.#modes.resized(cols, rows));
  }

  gap(from: number, to: number): void {
    if (this.#over) return;
    this.#writer.gap(from, to, this.#deps.env.now());
    this.#plan();
  }

  #look(at: () => void): void {
    if (this.#unscanned === null) at();
    else this.#unscanned.push(at);
  }

  /** Writes what waits now: asked for by the proxy, or the page is about to sleep [WP29]. */
  flush(): void {
    this.#writer.flush();
    this.#plan();
  }

  /** Resolves with the end of what is stored, once all that was pushed so far is. */
  async flushed(): Promise<number> {
    this.flush();
    if (this.#writer.dueAt() !== null) this.#write();
    await this.#work;
    return this.#saved;
  }

  #plan(): void {
    const due = this.#writer.dueAt();
    if (due === null || this.#over || this.#writing > 0) return;
    const { env } = this.#deps;
    if (this.#timer !== null) {
      if (due !== 0) return;
      env.clearTimeout(this.#timer);
      this.#timer = null;
    }
    if (due === 0) this.#write();
    else this.#timer = env.setTimeout(() => this.#write(), Math.max(0, due - env.now()));
  }

  #write(): void {
    if (this.#timer !== null) this.#deps.env.clearTimeout(this.#timer);
    this.#timer = null;
    const { records, end } = this.#writer.plan();
    if (records.length === 0) return;
    const first = this.#n;
    this.#n += records.length;
    this.#writing++;
    this.#do(async () => {
      const rows = await Promise.all(records.map((record, at) => sealRow(this.#sealing(), first + at, record)));
      await this.#deps.store.append(this.sid, this.#id, rows);
      for (const { n, row } of rows) this.#rows.push({ n, row: { kind: row.kind, to: row.to } });
      this.#saved = end;
      this.#events.saved(end);
      await this.#trim();
      this.#writing--;
      this.#plan();
    });
  }

  /** One after another: rows are stored in the order in which they came. */
  #do(work: () => Promise<void>): void {
    this.#work = this.#after(this.#work, work);
  }

  async #after(before: Promise<void>, work: () => Promise<void>): Promise<void> {
    await before;
    if (this.#over) return;
    try {
      await work();
    } catch (error) {
      this.#over = true;
      this.#events.failed(error);
    }
  }

  async #trim(): Promise<void> {
    const start = this.#newStart();
    if (start === null || this.#readers > 0) return;
    const { pos, cols, rows } = start;
    const head: LogHead = { pos, modes: new TextDecoder().decode(start.modes), cols, rows, trimmed: true };
    const meta = { version: 1, id: this.#id, key: this.#usedKeys().stored, head, at: this.#begun } as const;
    await this.#deps.store.trim(this.sid, meta, this.#firstRowFrom(pos));
    this.#head = head;
    this.#modes.forget(pos);
  }

  /** The first row that a log from `pos` on needs, if it and the one before were written by this page. */
  #firstRowFrom(pos: number): number | undefined {
    const at = this.#rows.findIndex(({ row }) => !isBefore(row, pos));
    if (at < 1) return undefined;
    this.#rows = this.#rows.slice(at - 1);
    return this.#rows[1]?.n;
  }

  #newStart(): LogStart | null {
    const kept = { start: this.head.pos, end: this.#saved };
    if (kept.end - kept.start <= this.#max) return null;
    const start = planTrim(kept, this.#modes.lineStarts, this.#max - this.#max / DROP_SHARE);
    if (start !== null || kept.end - kept.start <= OVERFULL * this.#max) return start;
    return planTrim(kept, this.#modes.screenStarts, this.#max);
  }

  /** Stored records from `from` on, up to what is stored now. */
  async *read(from: number): AsyncGenerator<WalRecord> {
    const end = this.#saved;
    this.#readers++;
    try {
      for (let n = 0; ; ) {
        const rows = await this.#deps.store.rows(this.sid, n, READ_ROWS);
        const records = await Promise.all(rows.map((placed) => unsealRow(this.#sealing(), placed)));
        for (const record of records) {
          const part = within(record, from, end);
          if (part !== null) yield part;
        }
        const last = rows.at(-1);
        if (last === undefined || rows.length < READ_ROWS || last.row.pos > end) return;
        n = last.n + 1;
      }
    } finally {
      this.#readers--;
    }
  }

  /** Finds the modes of the part that an earlier page stored. */
  async #scan(): Promise<void> {
    try {
      for await (const record of this.read(this.head.pos)) {
        if (record.kind === "bytes") this.#modes.feed(record.pos, record.bytes);
        else if (record.kind === "size") this.#modes.resized(record.cols, record.rows);
      }
    } catch {
      // The replay reads the same and says so; without line starts the log is only not cut there.
    }
    for (const look of this.#unscanned ?? []) look();
    this.#unscanned = null;
  }

  #sealing(): RowSealing {
    return { crypto: this.#deps.env.crypto, key: this.#usedKeys().key, sid: this.sid };
  }

  #usedKeys(): { key: CryptoKey; stored: StoredDataKey } {
    if (this.#key === null || this.#storedKey === null) throw new Error("The log was not begun.");
    return { key: this.#key, stored: this.#storedKey };
  }

  /** Stores what waits and lets go; the log stays. */
  async close(): Promise<void> {
    if (!this.#over) this.#write();
    this.#events = { saved: () => {}, failed: () => {} };
    const last = this.#work;
    await last;
    this.#stop();
  }

  /** Stops at once and leaves nothing behind [WP32]. */
  async wipe(): Promise<void> {
    this.#stop();
    await this.#work;
    await this.#deps.store.wipe(this.sid, this.#id);
  }

  #stop(): void {
    this.#over = true;
    if (this.#timer !== null) this.#deps.env.clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** The part of a record inside [from, end), or null. */
function within(record: WalRecord, from: number, end: number): WalRecord | null {
  if (record.kind === "size") return record.pos >= from && record.pos <= end ? record : null;
  const to = record.kind === "gap" ? record.to : record.pos + record.bytes.length;
  if (to <= from || record.pos >= end) return null;
  if (record.kind === "gap" || record.pos >= from) return record;
  return { kind: "bytes", pos: from, bytes: record.bytes.slice(from - record.pos) };
}
