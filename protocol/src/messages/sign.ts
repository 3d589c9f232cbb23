import * as v from "valibot";
import { Base64 } from "../ids.ts";
import { sessionMessage } from "./envelope.ts";
import { HopIndex } from "./target.ts";

/**
 * Proxy asks the page to sign a public-key authentication; the private key never leaves the tablet [S52] [S53]. `key` is
 * the id of `connect.auth.keys`, `blob` what is to be signed (RFC 4252 section 7).
 */
export const Sign = sessionMessage(
  "sign",
  v.object({
    hop: HopIndex,
    key: v.pipe(v.string(), v.maxLength(64)),
    public_key: Base64(8_192),
    algorithm: v.pipe(v.string(), v.maxLength(64)),
    blob: Base64(16_384),
  }),
);
/**
 * `signature` as SSH carries it behind the algorithm's name: 64 bytes of Ed25519, RSA's bytes, or r and s of ECDSA as two
 * mpints (RFC 5656). Absent: `refused` names the check that failed, or `locked`, `hidden`, `declined`.
 */
export const SignReply = sessionMessage(
  "sign_reply",
  v.object({
    signature: v.optional(Base64(8_192)),
    refused: v.optional(v.pipe(v.string(), v.regex(/^[a-z_]{1,32}$/))),
  }),
);

/** The agent of the proxy's host would sign for this hop: asked once per connect, keys by fingerprint [S60]. */
export const AgentConsent = sessionMessage(
  "agent_consent",
  v.object({
    hop: HopIndex,
    host: v.string(),
    user: v.string(),
    keys: v.pipe(
      v.array(v.object({ type: v.string(), sha256: v.string(), comment: v.pipe(v.string(), v.maxLength(128)) })),
      v.maxLength(16),
    ),
  }),
);
/** Fingerprints that may be used now; none: consent is refused. */
export const AgentReply = sessionMessage(
  "agent_reply",
  v.object({ keys: v.pipe(v.array(v.pipe(v.string(), v.maxLength(64))), v.maxLength(16)) }),
);
