import * as v from "valibot";
import { DeviceId, RequestId } from "../ids.ts";
import { PROTOCOL_VERSION } from "../version.ts";

/** What a failed negotiation offered, per category, and the smallest set that would match [S64]. */
export const AlgorithmDiagnosis = v.object({
  categories: v.array(v.object({ category: v.string(), offered: v.array(v.string()), accepted: v.array(v.string()) })),
  fix: v.optional(v.picklist(["compatible", "legacy"])),
});
export type AlgorithmDiagnosis = v.InferOutput<typeof AlgorithmDiagnosis>;

/**
 * A refusal or failure; `re` names the request. Addressed to a session, to ui_state or to the link. `code` is of the
 * closed list, but read as a string so that a newer proxy's code is shown and not refused [S98].
 */
export const ErrorMessage = v.object({
  v: v.literal(PROTOCOL_VERSION),
  device: DeviceId,
  id: v.optional(RequestId),
  re: v.optional(RequestId),
  session_id: v.picklist(["ssh1", "ssh2", "ui_state", "link"]),
  type: v.picklist(["terminal", "telemetry", "system"]),
  action: v.literal("error"),
  payload: v.object({
    code: v.pipe(v.string(), v.regex(/^[a-z0-9_]{1,40}$/)),
    reason: v.optional(v.pipe(v.string(), v.regex(/^[a-z0-9_]{1,40}$/))),
    retry: v.picklist(["yes", "user", "no"]),
    detail: v.optional(v.pipe(v.string(), v.maxLength(2_048))),
    retry_after_s: v.optional(v.number()),
    diagnosis: v.optional(AlgorithmDiagnosis),
    /** For host_key_changed: what was pinned and what came. */
    host_keys: v.optional(v.object({ known: v.array(v.string()), offered: v.string(), type: v.string() })),
    /** For conflict: the current value, as its *_changed message's payload. */
    current: v.optional(v.unknown()),
  }),
});
export type ErrorPayload = v.InferOutput<typeof ErrorMessage>["payload"];
