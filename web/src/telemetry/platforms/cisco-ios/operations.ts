import type { LogEntry, UserRow } from "../../knowledge/panel-data.ts";
import { durationSeconds } from "../../model/durations.ts";
import { present } from "../../model/vocabulary.ts";
import { type NamedParser, TraceBuilder } from "../../parsers/result.ts";

const USER = /^(\*?)\s*(\d+)\s+(con|aux|vty|tty|lpt)\s+(\d+)(.*)$/;
const IDLE = /^(.*?)\s(\d+:\d\d:\d\d|\d+[dw]\d+[hd]|never)(?:\s+(\S.*?))?\s*$/;

/** `show users`: who is logged in; a star marks the line that asked. */
export const iosUsers: NamedParser = {
  id: "ios.users",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("ios.users", 1, output);
    const lines: UserRow[] = [];
    let header = false;
    for (const line of output.split("\n").map((raw) => raw.trimEnd())) {
      if (/^\s+Line\s+User\s+Host\(s\)\s+Idle\s+Location/.test(line)) header = true;
      else if (/^\s+Interface\s+User\s+Mode\s+Idle/.test(line)) trace.consumed();
      else {
        const found = header ? USER.exec(line.trim()) : null;
        if (!found) {
          trace.unparsed(line);
          continue;
        }
        const row: UserRow = { line: `${found[3]} ${found[4]}` };
        if (found[1]) row.is_us = true;
        const rest = IDLE.exec(found[5] ?? "");
        const idle = durationSeconds(rest?.[2]);
        if (idle !== undefined) row.idle_s = idle;
        const from = present(rest?.[3]);
        if (from) row.from = from;
        // Between the line and the idle time stand the user, when one signed in by name, and the hosts.
        const words = (rest?.[1] ?? "").trim().split(/\s+/).filter(Boolean);
        if (words.length > 1 && words[0]) row.user = words[0];
        lines.push(row);
      }
      trace.consumed();
    }
    if (!header) return trace.failed("no_anchor");
    return trace.done({ users: { lines } }, lines.length);
  },
};

const ENTRY =
  /^(?:(\d+): )?(?:([\w.-]+): )?([*.]?(?:[A-Z][a-z]{2} +\d+(?: \d{4})? +\d\d:\d\d:\d\d(?:\.\d+)?(?: [A-Z]{2,5})?|\d+[ywdh]\d+[wdhm]|\d+:\d\d:\d\d)): (?:%([A-Z0-9_]+(?:-[A-Z0-9_]+)*?)-(\d)-([A-Z0-9_]+): ?)?(.*)$/;

/** One line of a Cisco log, or nothing. */
export function iosLogEntry(line: string): LogEntry | undefined {
  const found = ENTRY.exec(line.trim());
  if (!found) return undefined;
  const [, , , time = "", facility, severity, mnemonic, text = ""] = found;
  const entry: LogEntry = { cursor: `${time}|${mnemonic ?? ""}|${text}`, at_text: time.replace(/^[*.]/, ""), text };
  if (severity !== undefined) entry.severity = Number(severity);
  if (facility) entry.facility = facility;
  if (mnemonic) entry.mnemonic = mnemonic;
  return entry;
}

/** `show logging`: the entries of the buffer; settings above it are skipped. */
export const iosLogging: NamedParser = {
  id: "ios.logging",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("ios.logging", 1, output);
    const entries: LogEntry[] = [];
    let buffer = false;
    for (const line of output.split("\n").map((raw) => raw.trimEnd())) {
      const entry = iosLogEntry(line);
      const last = entries.at(-1);
      if (entry) entries.push(entry);
      else if (/^Log Buffer \(\d+ bytes\)/.test(line)) buffer = true;
      else if (/^Syslog logging:|^\s+\S/.test(line) || line === "" || !buffer) trace.consumed();
      else if (last && last.text.length < 2_000) last.text += `\n${line}`;
      trace.consumed();
    }
    if (entries.length === 0 && !buffer) return trace.failed("no_anchor");
    if (entries.length === 0) trace.provenEmpty("empty log buffer");
    return trace.done({ log: { entries } }, entries.length);
  },
};
