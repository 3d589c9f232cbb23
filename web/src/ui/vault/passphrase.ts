import type { ErrorPayload } from "#bridge/types.ts";

/** Shortest passphrase that the vault takes, in characters [S68]. */
const PASSPHRASE_MIN_CHARS = 10;
const SHORT: ErrorPayload = { code: "invalid", reason: "passphrase_short", retry: "user" };
const MISMATCH: ErrorPayload = { code: "invalid", reason: "passphrase_mismatch", retry: "user" };

/** Which of the two fields is wrong, and how. */
export type PassphraseFault = { field: "passphrase" | "again"; error: ErrorPayload };

/** What is wrong with a new passphrase and its repetition; undefined when it may be used. */
export function newPassphraseFault(passphrase: string, again: string): PassphraseFault | undefined {
  if (Array.from(passphrase).length < PASSPHRASE_MIN_CHARS) return { field: "passphrase", error: SHORT };
  return passphrase === again ? undefined : { field: "again", error: MISMATCH };
}
