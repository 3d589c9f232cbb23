import * as v from "valibot";
import { sessionMessage } from "./envelope.ts";
import { SessionRequest, SessionState } from "./session-entry.ts";

/** Takes one session over on an open link [WP28]. */
export const Attach = sessionMessage("attach", v.object({ ...SessionRequest.entries, force: v.boolean() }));
export const Attached = sessionMessage("attached", SessionState);
