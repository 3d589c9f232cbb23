/**
 * What the write-ahead log of a terminal holds and when it is written [WP29] [WP30], without storage. The log is a run of
 * contiguous bytes [start, end) in records, each at most 60 KiB, with resize marks between them. The owner encrypts and
 * stores what plan() gives, in order, and then reports its `end` as saved.
 *
 * - push(pos, bytes): delivered output; mark(at, cols, rows): a resize at an output position; gap(from, to): lost output.
 * - dueAt(): when to write, in ms; 0 for now; null for nothing to write. flush(): asked for by save_request, pagehide,
 *   freeze or hidden: due now.
 * - plan(): the records to write; {@link planTrim}: where the log is to begin when it grows too large.
 */

/** Records are written at most this often [WP29]. */
const WAL_APPEND_MS = 250;
/** This much waiting output is written at once [WP29]. */
const WAL_APPEND_BYTES = 64 * 1024;
/** Largest record. Chromium puts a value of 64 KiB and more into a file of its own, which costs three times its bytes. */
export const WAL_RECORD_BYTES = 60 * 1024;
/** Size to which the log is kept [WP30]. */
export const WAL_MAX_BYTES = 8 * 1024 * 1024;

export type WalRecord =
  | { kind: "bytes"; pos: number; bytes: Uint8Array<ArrayBuffer> }
  | { kind: "size"; pos: number; cols: number; rows: number }
  /** Output [pos, to) was lost and announced. */
  | { kind: "gap"; pos: number; to: number };

export type WalPlan = {
  records: readonly WalRecord[];
  /** Position that is saved once all records are stored. */
  end: number;
};

export class WalWriter {
  #end: number;
  #waiting: WalRecord[] = [];
  #waitingBytes = 0;
  #since: number | null = null;
  #flush = false;

  /** `start`: end of the log so far. */
  constructor(start: number) {
    this.#end = start;
  }

  /** Position after the last byte that was pushed. */
  get end(): number {
    return this.#end;
  }

  /** Output as it is delivered: contiguous. Copies the bytes: their buffer goes on to the terminal [WP6]. */
  push(pos: number, bytes: Uint8Array, now: number): void {
    if (pos !== this.#end) throw new RangeError(`log continues at ${this.#end}, not at ${pos}`);
    if (bytes.length > 0) this.#waiting.push({ kind: "bytes", pos, bytes: bytes.slice() });
    this.#end = pos + bytes.length;
    this.#waitingBytes += bytes.length;
    this.#since ??= now;
  }

  /** The terminal was resized when output stood at `at`; kept in the order of positions. */
  mark(at: number, cols: number, rows: number, now: number): void {
    this.#waiting.push({ kind: "size", pos: Math.min(at, this.#end), cols, rows });
    this.#since ??= now;
  }

  gap(from: number, to: number, now: number): void {
    if (from !== this.#end) throw new RangeError(`log continues at ${this.#end}, not at ${from}`);
    this.#waiting.push({ kind: "gap", pos: from, to });
    this.#end = to;
    this.#since ??= now;
  }

  /** Write as soon as possible. */
  flush(): void {
    this.#flush = this.#since !== null;
  }

  dueAt(): number | null {
    if (this.#since === null) return null;
    return this.#flush || this.#waitingBytes >= WAL_APPEND_BYTES ? 0 : this.#since + WAL_APPEND_MS;
  }

  /** Takes everything that waits, neighbouring bytes joined to records of up to {@link WAL_RECORD_BYTES}. */
  plan(): WalPlan {
    const records = joinRecords(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#since = null;
    this.#flush = false;
    return { records, end: this.#end };
  }
}

function joinRecords(waiting: readonly WalRecord[]): WalRecord[] {
  const records: WalRecord[] = [];
  let run: Uint8Array[] = [];
  let runStart = 0;
  let runBytes = 0;
  const close = (): void => {
    const bytes = concat(run, runBytes);
    for (let from = 0; from < runBytes; from += WAL_RECORD_BYTES) {
      records.push({ kind: "bytes", pos: runStart + from, bytes: bytes.subarray(from, from + WAL_RECORD_BYTES) });
    }
    run = [];
    runBytes = 0;
  };
  for (const record of waiting) {
    if (record.kind !== "bytes") {
      close();
      records.push(record);
      continue;
    }
    if (runBytes === 0) runStart = record.pos;
    run.push(record.bytes);
    runBytes += record.bytes.length;
  }
  close();
  return records;
}

function concat(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A place where the log may begin: a line start in the main buffer, and the terminal modes in force there. */
export type LineStart = { pos: number; modes: Uint8Array };

/**
 * Where the log is to begin so that at most `max` bytes remain: the first known line start at or after the bound, so that
 * a replay begins with a whole line; null while it fits, or while no line start is known there yet (a full-screen program
 * may run for long: then it stays above the bound until the next one) [WP30].
 */
export function planTrim<L extends LineStart>(
  log: { start: number; end: number },
  lineStarts: readonly L[],
  max: number = WAL_MAX_BYTES,
): L | null {
  const bound = log.end - max;
  if (bound <= log.start) return null;
  return lineStarts.find((start) => start.pos >= bound && start.pos <= log.end) ?? null;
}
