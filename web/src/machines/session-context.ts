import type { Down } from "#protocol/down.ts";
import { ERROR_RETRY } from "#protocol/error-codes.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { SessionState } from "#protocol/messages/session-entry.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import type { QuestionView, SessionEndView, SessionViewCommon } from "./views.ts";

/** What ssh1 and ssh2 both remember; no secret ever [S72]. */
export type SessionContext = Omit<SessionViewCommon, "phase"> & {
  device: string;
  record: DeviceRecord;
  /** The key the person trusted during this attempt; remembered once the handshake proved it [S46]. */
  trusted?: HostKey | undefined;
  simulated: boolean;
  /** The grace that the proxy granted, in seconds; unknown of a session that another page opened. */
  grace_s?: number | undefined;
};

/** What every start begins from: nothing of an earlier attempt is left. */
export const CLEARED = {
  step: undefined,
  banner: undefined,
  question: undefined,
  ended: undefined,
  holder: undefined,
  grace_until: undefined,
  grace_s: undefined,
  server_ident: undefined,
  algorithms: undefined,
  host_key: undefined,
  auth_method: undefined,
  trusted: undefined,
} satisfies Partial<Record<keyof SessionContext, undefined>>;

type Update = Partial<SessionContext>;

/** After `connected`: what the connection is like. */
export function connectedUpdate({ payload }: Down<"connected">, at: number): Update {
  return {
    since: at,
    step: undefined,
    question: undefined,
    server_ident: payload.server_ident,
    algorithms: payload.algorithms,
    host_key: payload.host_key,
    auth_method: payload.auth_method,
    simulated: payload.simulated,
    grace_s: payload.grace_s,
  };
}

/** After `progress`: the step, or a banner of the device. */
export function progressUpdate({ payload }: Down<"progress">, context: SessionContext): Update {
  if (payload.step === "banner") return { banner: `${context.banner ?? ""}${payload.text ?? ""}` };
  return { step: payload.step };
}

/** The question that a `host_key`, `auth_prompt` or `agent_consent` message asks; undefined when it has no id to answer to. */
export function questionOf(message: Down<"host_key" | "auth_prompt" | "agent_consent">): QuestionView | undefined {
  if (message.id === undefined) return undefined;
  if (message.action === "host_key") {
    const { host, port, hop, host_key, bits, known_since } = message.payload;
    return {
      kind: "host_key",
      id: message.id,
      host,
      port,
      hop,
      host_key,
      ...(bits === undefined ? {} : { bits }),
      ...(known_since === undefined ? {} : { known_since }),
    };
  }
  if (message.action === "agent_consent") return { kind: "agent", id: message.id, ...message.payload };
  const { kind, host, user, hop, round, name, instruction, prompts } = message.payload;
  return { kind: "auth", id: message.id, method: kind, host, user, hop, round, name, instruction, prompts };
}

/** An error of the proxy, or of the device's end as `exit` and `disconnected` carry it. */
export function errorEnd(error: ErrorPayload, at: number, whileAway = false): SessionEndView {
  return { at, error, while_away: whileAway };
}

export function exitEnd({ payload }: Down<"exit">, at: number, whileAway: boolean): SessionEndView {
  const { code, signal, error } = payload;
  return {
    at,
    code,
    signal,
    while_away: whileAway,
    ...(error === undefined ? {} : { error: { ...error, retry: retryOf(error.code) } }),
  };
}

/** A session that the proxy no longer has. */
export function goneEnd(state: SessionState, at: number): SessionEndView {
  const reason = state.reason ?? "expired";
  return errorEnd({ code: "gone", reason, retry: ERROR_RETRY.gone }, at, true);
}

function retryOf(code: string): ErrorPayload["retry"] {
  return Object.hasOwn(ERROR_RETRY, code) ? ERROR_RETRY[code as keyof typeof ERROR_RETRY] : "user";
}

/** Whether two host keys are the same key. */
export function sameKey(a: HostKey | undefined, b: HostKey | undefined): boolean {
  return a !== undefined && b !== undefined && a.type === b.type && a.key === b.key;
}

/**
 * When the proxy may give the session up, at the earliest [WP35]: its grace counts from the moment in which it missed the
 * page, which is after it was heard last. `asked_s` is what was asked for, should it not have said what it granted.
 */
export function graceUntil(
  context: SessionContext,
  asked_s: number,
  event: { at: number; heard_at?: number | undefined },
): number {
  return Math.min(event.at, event.heard_at ?? event.at) + (context.grace_s ?? asked_s) * 1_000;
}
