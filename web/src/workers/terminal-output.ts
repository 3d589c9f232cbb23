import type { TerminalLog } from "./storage/terminal-log.ts";
import type { TerminalLogs } from "./storage/terminal-logs.ts";
import type { TerminalPort } from "./terminal-port.ts";
import { replay } from "./terminal-replay.ts";

export type OutputEvents = {
  /** So many more bytes count as drawn, although no terminal will say so. */
  applied(bytes: number): void;
  /** Everything below `pos` is in the log. */
  saved(pos: number): void;
  /** The log is over: storage failed, or another page of this tablet has it. */
  logLost(): void;
};

/** What came while the log was being shown: it follows when that is done. */
type Behind =
  | { t: "out"; pos: number; to: number; bytes: Uint8Array<ArrayBuffer>; seen: boolean }
  | { t: "gap"; pos: number; to: number }
  | { t: "rest"; post: () => void };

const UNREADABLE = "What this tablet kept of the session could not be read";

/**
 * Output of a terminal on its way to the page and into the log, each byte once in either. A page without the screen, after
 * a kill or a reload, gets it from the log first [WP31]; new output waits behind that, bounded by the session's credit.
 */
export class TerminalOutput {
  readonly #port: TerminalPort;
  readonly #logs: TerminalLogs;
  readonly #events: OutputEvents;
  #log: TerminalLog | null = null;
  /** The log that a page is yet to be shown; it is readable even when nothing more can be stored. */
  #unshown: TerminalLog | null = null;
  /** Null while output goes straight to the page. */
  #behind: Behind[] | null = null;
  /** End of what an earlier page stored, until it was shown. */
  #restored: number | null = null;
  /** Shows of the log are told apart, since one may begin before the last is over. */
  #round = 0;
  #ended = false;

  constructor(port: TerminalPort, logs: TerminalLogs, events: OutputEvents) {
    this.#port = port;
    this.#logs = logs;
    this.#events = events;
  }

  get hasLog(): boolean {
    return this.#log !== null;
  }

  /** The page's screen comes from a log, or is yet to. */
  get showsLog(): boolean {
    return this.#log !== null || this.#behind !== null;
  }

  /** Output of a session begins here at `pos`; the log too. */
  keep(sid: string, at: { pos: number; cols: number; rows: number }): void {
    this.#round++;
    this.#behind = null;
    this.#restored = null;
    this.#unshown = null;
    this.#use(this.#logs.create(sid, at));
  }

  /** Goes on with the log of an earlier page or worker, and shows it as soon as a page says that it lacks it. */
  restore(log: TerminalLog): void {
    this.#use(log);
    this.#restored = log.end;
    this.#unshown = log;
    this.#behind = [];
    if (this.#port.heard) void this.#show(log, this.#port.have);
  }

  #use(log: TerminalLog | null): void {
    this.#log = log;
    this.#ended = false;
    log?.serve({
      saved: (pos) => this.#events.saved(pos),
      failed: (error) => {
        if (this.#log !== log) return;
        this.#log = null;
        this.#logs.failed(log, error);
        this.#events.logLost();
      },
    });
  }

  /** A page has a terminal for this device, with output of `stream` up to `pos`. False: there is nothing to show it. */
  pageHas(stream: string | null, pos: number): boolean {
    const log = this.#unshown ?? this.#log;
    if (log === null) return false;
    void this.#show(log, { stream, pos });
    return true;
  }

  /** `seen`: another page had these bytes, and nothing that they ask is answered again [WP31]. */
  deliver(pos: number, bytes: Uint8Array, seen: boolean): void {
    this.#log?.push(pos, bytes);
    // One copy, out of the frame: the copy is moved to the page.
    const copy = bytes.slice();
    if (this.#behind === null) this.#port.out(pos, copy.buffer, seen);
    else this.#behind.push({ t: "out", pos, to: pos + copy.length, bytes: copy, seen });
  }

  gap(from: number, to: number): void {
    // A log that was begun behind the gap knows nothing of it.
    if (this.#log !== null && this.#log.end === from) this.#log.gap(from, to);
    if (this.#behind === null) this.#port.gap(from, to);
    else this.#behind.push({ t: "gap", pos: from, to });
  }

  /** The device learned this size when its output stood at `at`. */
  size(cols: number, rows: number, at: number): void {
    this.#log?.mark(at, cols, rows);
    this.#then(() => this.#port.size(cols, rows));
  }

  note(text: string): void {
    this.#then(() => this.#port.note(text));
  }

  #then(post: () => void): void {
    if (this.#behind === null) post();
    else this.#behind.push({ t: "rest", post });
  }

  flush(): void {
    this.#log?.flush();
  }

  /** The session is over: its log goes, as soon as it was shown [WP32]. */
  finish(): void {
    this.#ended = true;
    if (this.#behind === null) this.#wipe();
  }

  /** Nothing more is to be kept of the session; what is being shown is shown to its end. */
  dropLog(): void {
    this.finish();
  }

  /** The session goes on without this page, or another worker takes it up: its log stays. */
  leave(): void {
    this.#round++;
    this.#behind = null;
    this.#unshown = null;
    const log = this.#log;
    this.#log = null;
    if (log !== null) this.#logs.close(log);
  }

  /** Nothing of the session is to stay here. */
  forget(): void {
    this.#round++;
    this.#behind = null;
    this.#unshown = null;
    this.#wipe();
  }

  #wipe(): void {
    const log = this.#log;
    this.#log = null;
    if (log !== null) this.#logs.wipe(log.sid);
  }

  async #show(log: TerminalLog, have: { stream: string | null; pos: number }): Promise<void> {
    const round = ++this.#round;
    const current = (): boolean => this.#round === round;
    this.#behind ??= [];
    // What went to a terminal that is no more comes from the log now.
    this.#events.applied(this.#port.startOver());
    const end = this.#restored ?? (await log.flushed());
    if (!current()) return;
    const exact = have.stream === log.sid && have.pos >= log.head.pos;
    let at = exact ? have.pos : log.head.pos;
    try {
      if (!exact) at = beginning(log, this.#port);
      if (at < end || !exact)
        at = await replay(log, this.#port, exact ? null : log.head, { from: at, to: end }, current);
    } catch {
      if (current()) this.#port.note(UNREADABLE);
    }
    if (!current()) return;
    this.#restored = null;
    this.#unshown = null;
    this.#drain(Math.max(at, exact ? have.pos : at));
    if (this.#ended) this.#wipe();
  }

  #drain(shown: number): void {
    let at = shown;
    for (const item of this.#behind ?? []) {
      if (item.t === "rest") {
        item.post();
        continue;
      }
      const known = Math.min(item.to, Math.max(item.pos, at)) - item.pos;
      if (item.t === "out" && known > 0) this.#events.applied(known);
      if (item.to <= at) continue;
      if (item.pos > at) this.#port.gap(at, item.pos);
      if (item.t === "out") this.#port.out(item.pos + known, item.bytes.slice(known).buffer, item.seen);
      else this.#port.gap(Math.max(item.pos, at), item.to);
      at = item.to;
    }
    this.#behind = null;
  }
}

/** Clears the page's terminal for what comes from the log. Gives the position at which that begins. */
function beginning(log: TerminalLog, port: TerminalPort): number {
  const { pos, modes } = log.head;
  port.begin(log.sid, pos - modes.length, true);
  return pos;
}
