/** Structured log: one JSON object a line, through one redacting writer [S94]. */
import { appendFile } from "node:fs";

export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
export type Log = (level: LogLevel, event: string, fields?: LogFields) => void;

const ORDER: readonly LogLevel[] = ["debug", "info", "warn", "error"];
const VALUE_MAX_CHARS = 500;
/** Field names whose values are never written, whoever passes them [S72]. */
const SECRET_NAME = /token|secret|password|cookie|answer|nonce|signature|^sig$|^code$/i;
/** base64url of 22, 32 bytes and more: the form of every id and token that must not be guessed. */
const SECRET_VALUE = /[A-Za-z0-9_-]{43,}/g;

function clean(name: string, value: string | number | boolean): string | number | boolean {
  if (SECRET_NAME.test(name)) return "[redacted]";
  if (typeof value !== "string") return value;
  return value.replace(SECRET_VALUE, "[redacted]").slice(0, VALUE_MAX_CHARS);
}

/** One line without its end. */
export function logLine(ts: Date, level: LogLevel, event: string, fields: LogFields): string {
  const entries = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, clean(name, value)] as const],
  );
  return JSON.stringify({ ts: ts.toISOString(), level, event, ...Object.fromEntries(entries) });
}

/** A log that writes to stderr, or appends to a file; lines below `level` are left out. */
export function createLog(options: { level: LogLevel; file?: string | undefined }): Log {
  const from = ORDER.indexOf(options.level);
  const { file } = options;
  return (level, event, fields = {}) => {
    if (ORDER.indexOf(level) < from) return;
    const line = `${logLine(new Date(), level, event, fields)}\n`;
    if (file === undefined) process.stderr.write(line);
    else {
      appendFile(file, line, { mode: 0o600 }, (error) => {
        if (error !== null) process.stderr.write(line);
      });
    }
  };
}
