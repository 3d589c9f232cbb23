import * as v from "valibot";
import { Base64 } from "../ids.ts";
import { sessionMessage } from "./envelope.ts";

/** Proxy asks the page to sign a public-key authentication; the private key never leaves the tablet [S52] [S53]. */
export const Sign = sessionMessage(
  "sign",
  v.object({
    hop: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3)),
    public_key: Base64(8_192),
    algorithm: v.pipe(v.string(), v.maxLength(64)),
    blob: Base64(16_384),
  }),
);
export const SignReply = sessionMessage(
  "sign_reply",
  v.object({ signature: v.optional(Base64(8_192)), refused: v.optional(v.pipe(v.string(), v.maxLength(64))) }),
);
