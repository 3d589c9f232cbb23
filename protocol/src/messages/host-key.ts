import * as v from "valibot";
import { Base64 } from "../ids.ts";
import { sessionMessage } from "./envelope.ts";
import { HopIndex, HostKey } from "./target.ts";

/**
 * Proxy asks the page about a host key: stage `ask` before it is trusted, stage `proof` with the host's signature over
 * the session id for the page to check itself [S44] [S47].
 */
export const HostKeyQuestion = sessionMessage(
  "host_key",
  v.object({
    stage: v.picklist(["ask", "proof"]),
    hop: HopIndex,
    host: v.string(),
    port: v.number(),
    host_key: HostKey,
    bits: v.optional(v.number()),
    /** ISO date since when this proxy knows the key; absent: first use everywhere. */
    known_since: v.optional(v.string()),
    /** Stage `proof`: the host's signature as it came (algorithm name, then signature, each a string of RFC 4251). */
    signature: v.optional(Base64(4_096)),
    /** Stage `proof`: what it signs, the exchange hash of the first key exchange, which is the session id. */
    ssh_session_id: v.optional(Base64(256)),
    /** Stage `proof`: algorithm that the negotiation settled on for the signature. */
    algorithm: v.optional(v.pipe(v.string(), v.maxLength(64))),
  }),
);

export const HostKeyReply = sessionMessage(
  "host_key_reply",
  v.object({
    /** Stage `ask`: the person trusts the key. Stage `proof`: the page's own check of the signature held. */
    trust: v.boolean(),
    /** Stage `proof`: the check that failed, for the audit. */
    failed: v.optional(v.pipe(v.string(), v.regex(/^[a-z_]{1,32}$/))),
  }),
);
