import * as v from "valibot";
import { Base64Url } from "../ids.ts";
import { linkMessage } from "./envelope.ts";

/** Proxy's first frame, sent with the 101: 32 random bytes to sign [S19]. */
export const Challenge = linkMessage("challenge", v.object({ nonce: v.pipe(Base64Url(43), v.length(43)) }));
