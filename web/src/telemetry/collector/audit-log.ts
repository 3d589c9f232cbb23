import type { AuditEntry } from "../knowledge/panel-data.ts";

/** Entries are kept this long [T61], and never more than this many. */
const KEEP_MS = 7 * 86_400_000;
const MAX_ENTRIES = 5_000;

/** Every byte sequence that was written and every exec, with what became of it [T61]. */
export class AuditLog {
  private entries: AuditEntry[] = [];
  private seq = 0;

  add(at: number, text: string, purpose: string): number {
    this.seq++;
    this.entries.push({ seq: this.seq, at, text, purpose });
    while (this.entries.length > MAX_ENTRIES || (this.entries[0] && this.entries[0].at < at - KEEP_MS))
      this.entries.shift();
    return this.seq;
  }

  /** Takes the newest entries out again; their numbers are not used twice. */
  takeBack(count: number): void {
    if (count > 0) this.entries.splice(-count);
  }

  /** What became of an entry. */
  outcome(seq: number, result: Pick<AuditEntry, "outcome" | "ms" | "bytes" | "capture">): void {
    const entry = this.entries.find((each) => each.seq === seq);
    if (entry) Object.assign(entry, result);
  }

  list(): AuditEntry[] {
    return this.entries.map((entry) => ({ ...entry }));
  }

  /** The newest entries, newest first, as the panel shows them. */
  recent(count: number): AuditEntry[] {
    return this.entries.slice(-count).toReversed();
  }
}
