import * as v from "valibot";
import { Position, RequestId, Sid } from "../ids.ts";
import { sessionMessage } from "./envelope.ts";

/** Runs one command on its own SSH channel; one at a time per session [section 5]. */
export const Exec = sessionMessage(
  "exec",
  v.object({ exec_id: RequestId, command: v.pipe(v.string(), v.minLength(1), v.maxLength(16_384)) }),
);
export const ExecStarted = sessionMessage(
  "exec_started",
  v.object({ sid: v.optional(Sid), exec_id: RequestId, at: Position }),
);
export const ExecDone = sessionMessage(
  "exec_done",
  v.object({
    sid: v.optional(Sid),
    exec_id: RequestId,
    code: v.nullable(v.number()),
    signal: v.nullable(v.pipe(v.string(), v.maxLength(32))),
    at: Position,
    /** stderr beyond the cap was dropped [WP41]. */
    stderr_dropped: v.optional(v.number()),
    cancelled: v.optional(v.boolean()),
  }),
);
/** Closes that command's channel only. */
export const ExecCancel = sessionMessage("exec_cancel", v.object({ exec_id: RequestId }));
