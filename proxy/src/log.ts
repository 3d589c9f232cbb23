/** Structured log: one JSON object a line, through one redacting writer [S94]. */
import { appendFile } from "node:fs";

export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
export type Log = (level: LogLevel, event: string, fields?: LogFields) => void;

const ORDER: readonly LogLevel[] = ["debug", "info", "warn", "error"];
const VALUE_MAX_CHARS = 500;
/** Field names whose values are never written, whoever passes them [S72]. `code` is that of an error. */
const SECRET_NAME = /token|secret|password|cookie|answer|nonce|signature|pairing_code|^sig$/i;
/** A host-key fingerprint, which is public [S49], or base64url of 32 bytes and more: the form of every token. */
const LONG_VALUE = /(SHA256:[A-Za-z0-9+/]{43}(?![A-Za-z0-9+/_-]))|[A-Za-z0-9_-]{43,}/g;

/** A value as it may be written: without what is, or looks like, a secret. */
export function cleanValue(name: string, value: string | number | boolean): string | number | boolean {
  if (SECRET_NAME.test(name)) return "[redacted]";
  if (typeof value !== "string") return value;
  return value
    .replace(LONG_VALUE, (_, fingerprint: string | undefined) => fingerprint ?? "[redacted]")
    .slice(0, VALUE_MAX_CHARS);
}

/** One line without its end. */
export function logLine(ts: Date, level: LogLevel, event: string, fields: LogFields): string {
  const entries = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, cleanValue(name, value)] as const],
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
