import * as v from "valibot";
import { DeviceId, RequestId, ShellSessionId } from "../ids.ts";
import { PROTOCOL_VERSION } from "../version.ts";

/** Fields that every message has, on the wire and inside the page [A11]. */
const common = {
  v: v.literal(PROTOCOL_VERSION),
  device: DeviceId,
  id: v.optional(RequestId),
  re: v.optional(RequestId),
};

/** A message of one SSH session: ssh1 is of type terminal, ssh2 of type telemetry. */
export function sessionMessage<A extends string, P extends v.GenericSchema>(action: A, payload: P) {
  return v.pipe(
    v.object({
      ...common,
      session_id: ShellSessionId,
      type: v.picklist(["terminal", "telemetry"]),
      action: v.literal(action),
      payload,
    }),
    v.check((m) => (m.session_id === "ssh1") === (m.type === "terminal"), "type does not belong to session_id"),
  );
}

/** A message of the link as a whole. */
export function linkMessage<A extends string, P extends v.GenericSchema>(action: A, payload: P) {
  return v.object({
    ...common,
    session_id: v.literal("link"),
    type: v.literal("system"),
    action: v.literal(action),
    payload,
  });
}

/** A message of the user's shared interface state. */
export function uiStateMessage<A extends string, P extends v.GenericSchema>(action: A, payload: P) {
  return v.object({
    ...common,
    session_id: v.literal("ui_state"),
    type: v.literal("system"),
    action: v.literal(action),
    payload,
  });
}

/** What every message looks like before its action is known. */
export const Envelope = v.object({
  ...common,
  session_id: v.picklist(["ssh1", "ssh2", "ui_state", "link"]),
  type: v.picklist(["terminal", "telemetry", "system"]),
  action: v.pipe(v.string(), v.regex(/^[a-z_]{1,40}$/)),
  payload: v.optional(v.unknown()),
});
export type Envelope = v.InferOutput<typeof Envelope>;
