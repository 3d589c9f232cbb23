import * as v from "valibot";
import { NodeId } from "../ids.ts";
import { linkMessage } from "./envelope.ts";
import { SessionState } from "./session-entry.ts";

/** Answer to hello: who the proxy is, its limits, and the state of every session that was asked for [section 8]. */
export const Welcome = linkMessage(
  "welcome",
  v.object({
    boot_id: v.pipe(v.string(), v.maxLength(64)),
    node: NodeId,
    version: v.pipe(v.string(), v.maxLength(64)),
    user: v.pipe(v.string(), v.maxLength(256)),
    features: v.array(v.string()),
    ping_ms: v.number(),
    limits: v.object({ grace_max_s: v.number(), sessions: v.number() }),
    sessions: v.array(SessionState),
  }),
);
