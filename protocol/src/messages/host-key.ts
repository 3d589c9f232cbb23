import * as v from "valibot";
import { Base64 } from "../ids.ts";
import { sessionMessage } from "./envelope.ts";
import { HostKey } from "./target.ts";

/**
 * Proxy asks the page about a host key: stage `ask` before it is trusted, stage `proof` with the host's signature over
 * the session id for the page to check itself [S44] [S47].
 */
export const HostKeyQuestion = sessionMessage(
  "host_key",
  v.object({
    stage: v.picklist(["ask", "proof"]),
    hop: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3)),
    host: v.string(),
    port: v.number(),
    host_key: HostKey,
    bits: v.optional(v.number()),
    /** ISO date since when this proxy knows the key; absent: first use everywhere. */
    known_since: v.optional(v.string()),
    signature: v.optional(Base64(4_096)),
    ssh_session_id: v.optional(Base64(256)),
  }),
);

export const HostKeyReply = sessionMessage("host_key_reply", v.object({ trust: v.boolean() }));
