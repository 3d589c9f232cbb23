import type { LogEntry } from "../../knowledge/panel-data.ts";
import { type JsonObject, type JsonValue, readJson } from "../../model/json.ts";
import { asText } from "../../model/json-access.ts";
import { type NamedParser, TraceBuilder } from "../../parsers/result.ts";

/** Facility numbers of RFC 5424; the rest are local0 to local7. */
const FACILITIES = [
  "kern",
  "user",
  "mail",
  "daemon",
  "auth",
  "syslog",
  "lpr",
  "news",
  "uucp",
  "cron",
  "authpriv",
  "ftp",
  "ntp",
  "security",
  "console",
  "solaris-cron",
] as const;

function facilityOf(text: string | undefined): string | undefined {
  if (text === undefined || !/^\d{1,2}$/.test(text)) return undefined;
  const code = Number(text);
  return FACILITIES[code] ?? (code < 24 ? `local${code - FACILITIES.length}` : undefined);
}

/** Text of a field: text that is not UTF-8 comes as a list of bytes, a field that occurs twice as a list of values. */
function textOf(value: JsonValue | undefined): string | undefined {
  if (typeof value === "string") return value;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  if (value.every((byte) => typeof byte === "number" && Number.isInteger(byte) && byte >= 0 && byte < 256))
    return new TextDecoder().decode(Uint8Array.from(value as number[]));
  return value.flatMap((each) => textOf(each) ?? []).join("\n");
}

function entryOf(object: JsonObject): LogEntry | undefined {
  const cursor = asText(object.get("__CURSOR"));
  const text = textOf(object.get("MESSAGE"));
  if (cursor === undefined || text === undefined) return undefined;
  const entry: LogEntry = { cursor, text, source: "log" };
  const micros = asText(object.get("__REALTIME_TIMESTAMP"));
  // Microseconds have 16 digits: cut to milliseconds before they become a number.
  if (micros !== undefined && /^\d{13,18}$/.test(micros)) entry.at = Number(micros.slice(0, -3));
  const priority = asText(object.get("PRIORITY"));
  if (priority !== undefined && /^[0-7]$/.test(priority)) entry.severity = Number(priority);
  const facility = facilityOf(asText(object.get("SYSLOG_FACILITY")));
  if (facility) entry.facility = facility;
  const name = asText(object.get("SYSLOG_IDENTIFIER"));
  const pid = asText(object.get("_PID"));
  if (name) entry.process = pid ? `${name}[${pid}]` : name;
  return entry;
}

/** `journalctl -o json`: one object a line; the cursor is what a later fetch goes on from [T78]. */
export const linuxJournal: NamedParser = {
  id: "linux.journal",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("linux.journal", 1, output);
    const found: LogEntry[] = [];
    for (const line of output.split("\n")) {
      if (line.trim() === "") continue;
      const { documents, complete, before, after } = readJson(line);
      if (!complete) return trace.failed("malformed", "not_closed");
      const [object] = documents;
      if (!(object instanceof Map) || documents.length > 1 || `${before}${after}`.trim() !== "") {
        trace.unparsed(line);
        continue;
      }
      trace.consumed();
      const entry = entryOf(object);
      // A message too long for journalctl to print is null.
      if (entry) found.push(entry);
      else trace.dropped("entry_without_text");
    }
    // Without entries journalctl prints nothing; what it may not read it says on stderr, which the pack knows.
    if (found.length === 0 && output.trim() === "") trace.provenEmpty("no output");
    else if (found.length === 0) return trace.failed("no_anchor");
    return trace.done({ log: { entries: found } }, found.length);
  },
};
