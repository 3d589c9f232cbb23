import * as v from "valibot";
import { DeviceId, RequestId } from "../ids.ts";
import { PROTOCOL_VERSION } from "../version.ts";
import { HopIndex } from "./target.ts";

/** What a failed negotiation offered, per category, and the smallest set that would match [S64]. */
export const AlgorithmDiagnosis = v.object({
  categories: v.array(v.object({ category: v.string(), offered: v.array(v.string()), accepted: v.array(v.string()) })),
  fix: v.optional(v.picklist(["compatible", "legacy"])),
  /** What the device called itself, where its name changes the advice [S65]. */
  ident: v.optional(v.pipe(v.string(), v.maxLength(255))),
});
export type AlgorithmDiagnosis = v.InferOutput<typeof AlgorithmDiagnosis>;

/** `address` is there only where it was typed so, or where the one who asks may add it [S40]. */
export const PolicyRefusal = v.object({
  class: v.pipe(v.string(), v.maxLength(64)),
  address: v.optional(v.pipe(v.string(), v.maxLength(64))),
  port: v.number(),
  addable: v.boolean(),
});

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
    /** Which host of the jump path it concerns; absent: the device, without jump hosts [S39]. */
    hop: v.optional(HopIndex),
    /** For host_key_changed: what was pinned and what came; `pinned` has the types and dates of the known ones [S48]. */
    host_keys: v.optional(
      v.object({
        known: v.array(v.string()),
        offered: v.string(),
        type: v.string(),
        pinned: v.optional(
          v.array(
            v.object({
              type: v.string(),
              sha256: v.string(),
              store: v.picklist(["client", "proxy"]),
              since: v.optional(v.string()),
            }),
          ),
        ),
      }),
    ),
    /** For refused_by_policy: the class of the refusal, and whether `allow_target` may open exactly this [S34]. */
    policy: v.optional(PolicyRefusal),
    /** For conflict: the current value, as its *_changed message's payload. */
    current: v.optional(v.unknown()),
  }),
});
export type ErrorPayload = v.InferOutput<typeof ErrorMessage>["payload"];
