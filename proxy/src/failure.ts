import { ERROR_RETRY, type ErrorCode } from "#protocol/error-codes.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";

/** An expected failure as a value: what the wire's `error` says, without its retry class. */
export type Failure = Omit<ErrorPayload, "retry" | "code"> & { code: ErrorCode };
export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: Failure };

/** Longest piece of device text in an error's detail. */
const DEVICE_TEXT_MAX_CHARS = 300;
const DETAIL_MAX_CHARS = 2_048;

export function failed(code: ErrorCode, reason?: string, detail?: string): { ok: false; failure: Failure } {
  return { ok: false, failure: failure(code, reason, detail) };
}

export function failure(code: ErrorCode, reason?: string, detail?: string): Failure {
  return {
    code,
    ...(reason === undefined ? {} : { reason }),
    ...(detail === undefined ? {} : { detail: detail.slice(0, DETAIL_MAX_CHARS) }),
  };
}

export function succeeded<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}

/** The wire's error payload; the retry class follows from the code. */
export function payloadOf(problem: Failure): ErrorPayload {
  return { ...problem, retry: ERROR_RETRY[problem.code] };
}

/** Device text for a person: control, bidirectional and zero-width characters as visible escapes, capped [S86]. */
export function visibleText(text: string, max = DEVICE_TEXT_MAX_CHARS): string {
  const shown = text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, (char) =>
    char === "\n" || char === "\t" ? " " : char === "\r" ? "" : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return shown.length > max ? `${shown.slice(0, max)}…` : shown;
}
