import type { TerminalLog } from "./storage/terminal-log.ts";
import type { LogHead } from "./storage/terminal-log-store.ts";
import type { TerminalPort } from "./terminal-port.ts";

/** Messages to the page are about this long, whatever the records were. */
const CHUNK_BYTES = 64 * 1024;
/** "restoring n of m" moves in such steps; each waits until the terminal has drawn the last [U69]. */
const STEP_BYTES = 512 * 1024;
const TRIMMED = "Older output is no longer kept on this tablet";

/**
 * Plays a log to the page's terminal: bytes marked as replay, so that the terminal answers nothing, at the sizes that were
 * recorded [WP31] [S82] [U69]. With `head` from the log's beginning. Gives the position after the last byte played;
 * earlier when `current` said that it is no longer wanted.
 */
export async function replay(
  log: TerminalLog,
  port: TerminalPort,
  head: LogHead | null,
  range: { from: number; to: number },
  current: () => boolean,
): Promise<number> {
  const total = range.to - range.from;
  const player = new Player(port, range.from);
  if (total > 0) port.restoring(0, total);
  try {
    if (head !== null) player.head(head);
    for await (const record of log.read(range.from)) {
      if (!current()) return player.at;
      if (record.kind === "size") player.size(record.cols, record.rows);
      else if (record.pos >= range.to) break;
      else if (record.kind === "gap") player.gap(record.pos, record.to);
      else player.bytes(record.pos, record.bytes.subarray(0, range.to - record.pos));
      player.progress(range.from, total);
    }
    player.flush();
  } finally {
    if (current() && total > 0) port.restoring(total, total);
  }
  return player.at;
}

class Player {
  readonly #port: TerminalPort;
  #parts: Uint8Array[] = [];
  #waiting = 0;
  #told: number;
  /** Position after everything that was given to the port or waits to be. */
  at: number;

  constructor(port: TerminalPort, from: number) {
    this.#port = port;
    this.at = from;
    this.#told = from;
  }

  /** A log that was cut begins with the modes that held there, behind a line that says so [WP30]. */
  head({ pos, modes, cols, rows, trimmed }: LogHead): void {
    this.#port.size(cols, rows, true);
    if (trimmed) this.#port.note(TRIMMED);
    if (modes !== "") this.#port.replay(pos - modes.length, new TextEncoder().encode(modes));
  }

  bytes(pos: number, bytes: Uint8Array): void {
    if (pos > this.at) this.gap(this.at, pos);
    this.#parts.push(bytes);
    this.#waiting += bytes.length;
    this.at += bytes.length;
    if (this.#waiting >= CHUNK_BYTES) this.flush();
  }

  size(cols: number, rows: number): void {
    this.flush();
    this.#port.size(cols, rows, true);
  }

  gap(from: number, to: number): void {
    this.flush();
    this.#port.gap(from, to);
    this.at = to;
  }

  progress(from: number, total: number): void {
    if (this.at - this.#told < STEP_BYTES || this.at - from >= total) return;
    this.flush();
    this.#told = this.at;
    this.#port.restoring(this.at - from, total);
  }

  flush(): void {
    if (this.#waiting === 0) return;
    const joined = new Uint8Array(this.#waiting);
    let at = 0;
    for (const part of this.#parts) {
      joined.set(part, at);
      at += part.length;
    }
    this.#port.replay(this.at - this.#waiting, joined);
    this.#parts = [];
    this.#waiting = 0;
  }
}
