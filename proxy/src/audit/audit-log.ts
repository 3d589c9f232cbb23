/** The one writer of the audit log: append-only, in order, rotated by size; a failure is told, never hidden [S93] [S94]. */
import { join } from "node:path";
import { ensureStateDir } from "../atomic-file.ts";
import type { Log } from "../log.ts";
import { StartupError } from "../startup-error.ts";
import type { Audit, AuditPage, AuditQuery } from "./audit.ts";
import { AuditBudget, whoseOf } from "./audit-budget.ts";
import type { AuditEntry } from "./audit-events.ts";
import { agesIn, append, auditFile, linesBackwards, mendEnd, rotate, sizeOf } from "./audit-files.ts";
import { auditLine, readAuditLine } from "./audit-line.ts";
import { type LeftOut, LeftOutLines } from "./left-out.ts";

/** Lines that wait for a disk that does not answer; more are counted and told as lost [S23]. */
const WAITING_MAX_BYTES = 1024 * 1024;
/** How soon a write that failed is tried again. */
const RETRY_MS = 5_000;
/** What one page reads at most, however few of its lines match; the next page goes on from there. */
const SCAN_MAX_BYTES = 4 * 1024 * 1024;
const MIB = 1024 * 1024;

export type AuditOptions = {
  dataDir: string;
  required: boolean;
  /** Size at which a file is put aside, MiB, and how many such files are kept. */
  max_mb: number;
  keep: number;
  log: Log;
  /** A second place for every line, such as stdout. */
  copy?: ((line: string) => void) | undefined;
  now?: () => Date;
};

export class AuditLog implements Audit {
  readonly required: boolean;
  readonly #dir: string;
  readonly #options: AuditOptions;
  readonly #now: () => Date;
  readonly #listeners = new Set<(failing: boolean) => void>();
  #seq: number;
  #size: number;
  #failing = false;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #lost = 0;
  readonly #budget: AuditBudget;
  readonly #leftOut: LeftOutLines;
  #flushing: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  /** Until the oldest count is told, also when nothing else is written. */
  #telling: NodeJS.Timeout | undefined;

  private constructor(options: AuditOptions, dir: string, seq: number, size: number) {
    this.#options = options;
    this.required = options.required;
    this.#dir = dir;
    this.#seq = seq;
    this.#size = size;
    this.#now = options.now ?? (() => new Date());
    const clock = () => this.#now().getTime();
    this.#budget = new AuditBudget(clock);
    this.#leftOut = new LeftOutLines(clock);
  }

  /** Takes the log up where it ended. Throws StartupError when audit is required and its folder cannot be used. */
  static async open(options: AuditOptions): Promise<AuditLog> {
    const dir = join(options.dataDir, "audit");
    try {
      await ensureStateDir(dir);
      await mendEnd(dir);
      const [seq, size] = await Promise.all([lastSeq(dir), sizeOf(dir)]);
      return new AuditLog(options, dir, seq, size);
    } catch (error) {
      const why = error instanceof Error ? error.message : "unknown";
      if (options.required) throw new StartupError(`audit.required: ${dir} cannot be used (${why})`);
      options.log("error", "audit.failed", { error: why });
      const log = new AuditLog(options, dir, 0, 0);
      log.#setFailing(true);
      return log;
    }
  }

  get failing(): boolean {
    return this.#failing;
  }

  onState(listener: (failing: boolean) => void): void {
    this.#listeners.add(listener);
  }

  write(entry: AuditEntry): void {
    const whose = whoseOf(entry);
    const verdict = this.#budget.judge(entry);
    // Too many in all are those of many addresses, each with a few: the sum says as much. A client is always named.
    const isNamed = verdict === "too_many_of_it" || entry.client !== undefined;
    if (verdict !== "write") this.#leftOut.add(entry, isNamed ? whose : undefined);
    else {
      // Some events count for themselves what they leave out.
      const suppressed = this.#leftOut.take(entry.event, whose) + (entry.suppressed ?? 0);
      this.#write(suppressed === 0 ? entry : { ...entry, suppressed });
    }
    this.#tellDue();
  }

  #tellDue(): void {
    this.#tellLeftOut(this.#leftOut.due());
    clearTimeout(this.#telling);
    const wait = this.#leftOut.dueInMs;
    this.#telling = wait === undefined ? undefined : setTimeout(() => this.#tellDue(), wait).unref();
  }

  #tellLeftOut(counts: readonly LeftOut[]): void {
    for (const count of counts) this.#write({ event: "audit.damped", outcome: "ok", ...count });
  }

  #write(entry: AuditEntry): void {
    this.#seq += 1;
    const line = auditLine(entry, this.#seq, this.#now());
    this.#options.copy?.(line);
    if (this.#waitingBytes + line.length > WAITING_MAX_BYTES) this.#lost += 1;
    else {
      this.#waiting.push(`${line}\n`);
      this.#waitingBytes += line.length + 1;
    }
    if (!this.#failing) void this.#flush();
  }

  async ready(): Promise<boolean> {
    await this.#flush();
    return !this.#failing;
  }

  #flush(): Promise<void> {
    this.#flushing ??= this.#drain().finally(() => {
      this.#flushing = undefined;
      // What came in the very turn in which it ended.
      if (this.#waiting.length > 0 && !this.#failing) void this.#flush();
    });
    return this.#flushing;
  }

  async #drain(): Promise<void> {
    clearTimeout(this.#retry);
    // A turn's worth of lines is one write.
    await Promise.resolve();
    try {
      do {
        if (this.#lost > 0) this.#tellLoss();
        const lines = [...this.#waiting];
        await this.#put(lines.join(""));
        this.#waiting = this.#waiting.slice(lines.length);
        this.#waitingBytes -= lines.reduce((sum, line) => sum + line.length, 0);
      } while (this.#waiting.length > 0);
      this.#setFailing(false);
    } catch (error) {
      this.#options.log("error", "audit.failed", { error: error instanceof Error ? error.message : "unknown" });
      this.#setFailing(true);
      this.#retry = setTimeout(() => void this.#flush(), RETRY_MS);
      this.#retry.unref();
    }
  }

  /** What was lost is said where it is missing. */
  #tellLoss(): void {
    this.#seq += 1;
    const line = `${auditLine({ event: "audit.lost", outcome: "failed", lines: this.#lost }, this.#seq, this.#now())}\n`;
    this.#lost = 0;
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
  }

  async #put(text: string): Promise<void> {
    const bytes = Buffer.byteLength(text);
    if (this.#size > 0 && this.#size + bytes > this.#options.max_mb * MIB) {
      await rotate(this.#dir, this.#options.keep);
      this.#size = 0;
    }
    // Nothing to write still shows whether it could be.
    await append(this.#dir, text);
    this.#size += bytes;
  }

  #setFailing(failing: boolean): void {
    if (this.#failing === failing) return;
    this.#failing = failing;
    for (const listener of this.#listeners) listener(failing);
  }

  async page(query: AuditQuery): Promise<AuditPage> {
    await this.#flush();
    const entries = [];
    let scanned = 0;
    let last: number | undefined;
    for (const age of await agesIn(this.#dir)) {
      for await (const { text, bytes } of linesBackwards(auditFile(this.#dir, age))) {
        const line = readAuditLine(text);
        if (line !== undefined && (query.before === undefined || line.seq < query.before)) {
          if (entries.length >= query.limit || scanned >= SCAN_MAX_BYTES) return { entries, next: last };
          scanned += bytes;
          last = line.seq;
          const mine = line.user === query.user || (line.user === undefined && query.nobodys);
          if (mine && line.event.startsWith(query.prefix ?? "")) entries.push(line);
        }
      }
    }
    return { entries };
  }

  async close(): Promise<void> {
    clearTimeout(this.#retry);
    clearTimeout(this.#telling);
    this.#tellLeftOut(this.#leftOut.due(true));
    await this.#flush();
    clearTimeout(this.#retry);
  }
}

async function lastSeq(dir: string): Promise<number> {
  for (const age of await agesIn(dir)) {
    for await (const { text } of linesBackwards(auditFile(dir, age))) {
      const line = readAuditLine(text);
      if (line !== undefined) return line.seq;
    }
  }
  return 0;
}
