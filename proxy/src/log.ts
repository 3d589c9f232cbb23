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

/**
 * The name that a person gave to a client: words without spaces may be as long as a token there, and a token is there only
 * if a person put it there. Elsewhere nothing of that length is written, whatever it looks like.
 */
const NAMES = /^label$/;
/** A change of kind in each so many characters, or more, is no name: of 1,000 random tokens one has fewer; words do. */
const RANDOM_EVERY = 5;

/** Whether a run of letters and digits is random, by how often it changes between them; `Rack14` changes once. */
function looksRandom(run: string): boolean {
  const changes = run.match(/[a-z](?=[A-Z])|[A-Za-z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0;
  return changes > run.length / RANDOM_EVERY;
}

/** A value as it may be written: without what is, or looks like, a secret. */
export function cleanValue(name: string, value: string | number | boolean): string | number | boolean {
  if (SECRET_NAME.test(name)) return "[redacted]";
  if (typeof value !== "string") return value;
  return value
    .replace(LONG_VALUE, (run, fingerprint: string | undefined) =>
      fingerprint !== undefined || (NAMES.test(name) && !looksRandom(run)) ? run : "[redacted]",
    )
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
