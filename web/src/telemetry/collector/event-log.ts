import type { LogEntry } from "../knowledge/panel-data.ts";
import { iosLogEntry } from "../platforms/cisco-ios/operations.ts";

/** Entries kept per device. */
const MAX_ENTRIES = 500;
/** Cursors remembered: a box prints again what was let go here already. */
const MAX_SEEN = 4 * MAX_ENTRIES;
/** zebra's own form: `2026/11/22 13:05:19.650 [NTFY] ospfd: text`. */
const FRR_LINE = /^(\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?) \[([A-Z]{2,8})\] (\w+): (.*)$/;
const FRR_SEVERITY: Record<string, number> = {
  EMRG: 0,
  ALRT: 1,
  CRIT: 2,
  EERR: 3,
  ERRR: 3,
  WARN: 4,
  NTFY: 5,
  INFO: 6,
  DEBG: 7,
};

function entryOf(line: string): LogEntry {
  const cisco = iosLogEntry(line);
  if (cisco) return { ...cisco, source: "async" };
  const frr = FRR_LINE.exec(line);
  if (!frr) return { cursor: line, text: line, source: "async" };
  const [, time = "", word = "", process = "", text = ""] = frr;
  const severity = FRR_SEVERITY[word];
  return {
    cursor: `${time}|${process}|${text}`,
    at_text: time,
    process,
    text,
    source: "async",
    ...(severity === undefined ? {} : { severity }),
  };
}

/** Log entries of a device from both ways, each once [T78]. */
export class EventLog {
  private entries: LogEntry[] = [];
  private readonly seen = new Set<string>();
  private newest: LogEntry | undefined;

  /** The last entry that a log command printed; lines that came unasked may have overtaken others. */
  get last(): LogEntry | undefined {
    return this.newest;
  }

  /** Lines that the device wrote unasked [T49]; returns the new entries. */
  addLines(lines: readonly string[]): LogEntry[] {
    return this.add(lines.map(entryOf));
  }

  /** Entries of a log command, of which the last is the newest; returns the new ones. */
  addFetched(entries: readonly LogEntry[]): LogEntry[] {
    this.newest = entries.at(-1) ?? this.newest;
    // A buffer may hold more than is kept: what was let go is not new when it is printed again.
    return this.add(entries.slice(-MAX_ENTRIES));
  }

  /** Another box answers now: what it logs is asked for from the beginning. */
  forgetPlace(): void {
    this.newest = undefined;
  }

  list(): LogEntry[] {
    return this.entries.slice();
  }

  private add(entries: readonly LogEntry[]): LogEntry[] {
    const fresh = entries.filter(({ cursor }) => {
      if (this.seen.has(cursor)) return false;
      this.seen.add(cursor);
      return true;
    });
    this.entries = [...this.entries, ...fresh].slice(-MAX_ENTRIES);
    for (const cursor of this.seen) {
      if (this.seen.size <= MAX_SEEN) break;
      this.seen.delete(cursor);
    }
    return fresh;
  }
}
