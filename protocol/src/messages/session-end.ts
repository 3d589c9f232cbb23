import * as v from "valibot";
import { Channel, Position, Sid } from "../ids.ts";
import { sessionMessage } from "./envelope.ts";

/*
 * What a proxy says of a session has the session's `sid`: one that ended and its successor share a device and session_id, and
 * news of the one must not be taken for the other's. Absent from senders that do not know of it yet.
 */

/** Output waits in the ring for the page's log; please save now [WP29]. */
export const SaveRequest = sessionMessage("save_request", v.object({ sid: v.optional(Sid), chan: Channel }));

/** The device's end of the session, after byte `at - 1`, exactly once per page [I7]. */
export const Exit = sessionMessage(
  "exit",
  v.object({
    sid: v.optional(Sid),
    code: v.nullable(v.number()),
    signal: v.nullable(v.pipe(v.string(), v.maxLength(32))),
    at: Position,
    /** How it ended: by itself, or with a session error of section 13. */
    error: v.optional(v.object({ code: v.string(), reason: v.optional(v.string()), detail: v.optional(v.string()) })),
  }),
);

/** Ends the SSH channel. */
export const Disconnect = sessionMessage("disconnect", v.object({}));
export const Disconnected = sessionMessage(
  "disconnected",
  v.object({ sid: v.optional(Sid), code: v.nullable(v.number()), signal: v.nullable(v.string()) }),
);
/** Leaves the session running, for its grace. `sid`: only if it is that one which has the name by now. */
export const Detach = sessionMessage("detach", v.object({ sid: v.optional(Sid) }));

const Holder = v.object({ sid: v.optional(Sid), by: v.pipe(v.string(), v.maxLength(128)), epoch: v.number() });
export const TakenOver = sessionMessage("taken_over", Holder);
export const Busy = sessionMessage("busy", Holder);
