/** What the library's errors mean. Their texts are pinned by tests/contract/ssh2-internals. */
import { type Failure, failure, visibleText } from "../failure.ts";
import type { SetName } from "./algorithms.ts";
import { diagnose, diagnosisText } from "./diagnosis.ts";
import type { KexInitTap } from "./kexinit-tap.ts";

export type LibraryError = Error & { level?: string; code?: string | number };
export type Phase = "greeting" | "key_exchange" | "auth" | "open";

/** RFC 4253 section 11.1: reason of a disconnect because of too many or no more ways to log in. */
const NO_MORE_AUTH_METHODS = 14;
const TOO_MANY_CONNECTIONS = 12;

/** Failure of a connection that never showed an SSH identification. */
export function greetingFailure(tap: KexInitTap): Failure {
  if (tap.received === 0) return failure("device_closed", undefined, "closed before it sent anything");
  return failure("unreachable", "not_ssh", tap.ident === undefined ? undefined : `it said "${visibleText(tap.ident)}"`);
}

function negotiationFailure(tap: KexInitTap, set: SetName): Failure {
  const diagnosis = tap.offer === undefined ? undefined : diagnose(tap.offer, set);
  if (diagnosis === undefined) return failure("no_common_algorithm");
  return { ...failure("no_common_algorithm", undefined, diagnosisText(diagnosis)), diagnosis };
}

/** Maps an `error` event of ssh2's client. */
export function libraryFailure(error: LibraryError, phase: Phase, tap: KexInitTap, set: SetName): Failure {
  const text = visibleText(error.message);
  if (/no matching/i.test(error.message) && error.level === "handshake") return negotiationFailure(tap, set);
  if (/signature verification failed|Wrong signature type|Malformed signature/.test(error.message)) {
    return failure("device_misbehaved", "bad_signature", text);
  }
  if (error.level === "client-socket" || error.level === "client-timeout") {
    return phase === "greeting" && tap.received > 0 && tap.ident === undefined
      ? greetingFailure(tap)
      : failure("device_closed", error.level === "client-timeout" ? "keepalive" : undefined, text);
  }
  if (phase === "greeting") return greetingFailure(tap);
  // A numeric code is the reason of the device's own disconnect message.
  if (typeof error.code === "number") {
    if (phase === "auth" && error.code !== TOO_MANY_CONNECTIONS) {
      const rejected = error.code === NO_MORE_AUTH_METHODS || /auth|login|password/i.test(error.message);
      return rejected ? failure("auth_failed", "rejected", text) : failure("device_closed", undefined, text);
    }
    return failure("device_closed", undefined, text);
  }
  if (error.level === "client-authentication") return failure("auth_failed", "rejected", text);
  return failure("device_misbehaved", "protocol", text);
}
