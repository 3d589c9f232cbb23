import type { ErrorPayload } from "#protocol/messages/error.ts";
import { type LoginAttempt, targetHop } from "./login-attempt.ts";

type Refusal = Pick<ErrorPayload, "code" | "reason" | "hop">;

/**
 * Whether the end of a telemetry attempt says that the device itself did not take the login, so that nothing is given for
 * the person again [S59] [T60]. A jump host's refusal says nothing of the device's password [S39], nor does an attempt that
 * was cancelled, slowed down, or ended by a key. `attempt`: the one that ended.
 */
export function refusesOwnLogin({ code, reason, hop }: Refusal, attempt: LoginAttempt | undefined): boolean {
  const isOwn = hop === undefined || hop === targetHop(attempt);
  return code === "auth_failed" && reason === "rejected" && isOwn;
}
