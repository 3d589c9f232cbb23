/** Typed construction of messages in the one shape that wire and page share [A11]. */
import type { Down } from "./down.ts";
import { NO_DEVICE, type ShellSessionId } from "./ids.ts";
import type { ErrorPayload } from "./messages/error.ts";
import type { Up } from "./up.ts";
import { PROTOCOL_VERSION } from "./version.ts";

type Message = Up | Down;
/** Messages by addressee; `error` may go to any. */
type LinkMessage = Extract<Message, { session_id: "link" }>;
type UiStateMessage = Extract<Message, { session_id: "ui_state" }>;
type ErrorMessage = Extract<Down, { action: "error" }>;
type SessionMessage = Exclude<Message, LinkMessage | UiStateMessage | ErrorMessage>;
type Of<M extends Message, A extends M["action"]> = Extract<M, { action: A }>;

/** `id` of a request, `re` of a reply. */
export type Refs = { id?: string | undefined; re?: string | undefined };

function refs({ id, re }: Refs): Refs {
  return { ...(id === undefined ? {} : { id }), ...(re === undefined ? {} : { re }) };
}

/** The mission's type of a session: ssh1 is the terminal, ssh2 telemetry. */
function sessionType(session_id: ShellSessionId): "terminal" | "telemetry" {
  return session_id === "ssh1" ? "terminal" : "telemetry";
}

/** A message about one SSH session of a device. */
export function sessionFrame<A extends SessionMessage["action"]>(
  device: string,
  session_id: ShellSessionId,
  action: A,
  payload: Of<SessionMessage, A>["payload"],
  ref: Refs = {},
): Of<SessionMessage, A> {
  const message = {
    v: PROTOCOL_VERSION,
    device,
    session_id,
    type: sessionType(session_id),
    action,
    ...refs(ref),
    payload,
  };
  // The compiler cannot tie a generic action to its payload; the parameters above do.
  return message as unknown as Of<SessionMessage, A>;
}

/** A message about the link as a whole. */
export function linkFrame<A extends LinkMessage["action"]>(
  action: A,
  payload: Of<LinkMessage, A>["payload"],
  ref: Refs = {},
): Of<LinkMessage, A> {
  const message = {
    v: PROTOCOL_VERSION,
    device: NO_DEVICE,
    session_id: "link",
    type: "system",
    action,
    ...refs(ref),
    payload,
  };
  return message as unknown as Of<LinkMessage, A>;
}

/** A message about the user's shared interface state. */
export function uiFrame<A extends UiStateMessage["action"]>(
  action: A,
  payload: Of<UiStateMessage, A>["payload"],
  ref: Refs = {},
): Of<UiStateMessage, A> {
  const message = {
    v: PROTOCOL_VERSION,
    device: NO_DEVICE,
    session_id: "ui_state",
    type: "system",
    action,
    ...refs(ref),
    payload,
  };
  return message as unknown as Of<UiStateMessage, A>;
}

/** Whom an error concerns: a session of a device, the shared interface state, or the link. */
export type Addressee = { device: string; session_id: ShellSessionId } | "ui_state" | "link";

/** A refusal or failure; `re` names the request it answers [WP7]. */
export function errorFrame(to: Addressee, payload: ErrorPayload, ref: Refs = {}): ErrorMessage {
  const at =
    typeof to === "string"
      ? { device: NO_DEVICE, session_id: to, type: "system" as const }
      : { device: to.device, session_id: to.session_id, type: sessionType(to.session_id) };
  return { v: PROTOCOL_VERSION, ...at, action: "error", ...refs(ref), payload };
}
