import type { LogEntry } from "../knowledge/panel-data.ts";
import { iosLogEntry } from "../platforms/cisco-ios/operations.ts";

/** Entries kept per device. */
const MAX_ENTRIES = 500;
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

  /** Lines that the device wrote unasked [T49]; returns the new entries. */
  addLines(lines: readonly string[]): LogEntry[] {
    return this.add(lines.map(entryOf));
  }

  /** Entries of a log command; returns the new ones. */
  add(entries: readonly LogEntry[]): LogEntry[] {
    const fresh = entries.filter(({ cursor }) => !this.seen.has(cursor));
    for (const { cursor } of fresh) this.seen.add(cursor);
    this.entries.push(...fresh);
    for (const { cursor } of this.entries.splice(0, Math.max(0, this.entries.length - MAX_ENTRIES)))
      this.seen.delete(cursor);
    return fresh;
  }

  list(): LogEntry[] {
    return this.entries.slice();
  }
}
