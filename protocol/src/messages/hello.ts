import * as v from "valibot";
import { Base64Url, ClientId, InstanceId } from "../ids.ts";
import { linkMessage } from "./envelope.ts";
import { SessionRequest } from "./session-entry.ts";

/** Page's first frame, signed with the client key over the challenge [WP2] [S19]. */
export const Hello = linkMessage(
  "hello",
  v.object({
    client_id: ClientId,
    instance_id: InstanceId,
    attempt: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    app_version: v.pipe(v.string(), v.maxLength(64)),
    features: v.pipe(v.array(v.pipe(v.string(), v.maxLength(32))), v.maxLength(32)),
    sig: Base64Url(128),
    sessions: v.pipe(v.array(SessionRequest), v.maxLength(64)),
  }),
);
