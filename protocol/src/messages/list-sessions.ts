import * as v from "valibot";
import { DeviceId, ShellSessionId, Sid } from "../ids.ts";
import { linkMessage } from "./envelope.ts";
import { Target } from "./target.ts";

export const ListSessions = linkMessage("list_sessions", v.object({}));

/** The user's own sessions, on whichever client they are [S12]. */
export const Sessions = linkMessage(
  "sessions",
  v.object({
    sessions: v.array(
      v.object({
        sid: Sid,
        device: DeviceId,
        label: v.string(),
        session_id: ShellSessionId,
        target: Target,
        status: v.picklist(["connecting", "attached", "detached", "ended"]),
        holder: v.optional(v.string()),
        /** The holder is another client than the one that asks; labels do not tell clients apart. */
        other_client: v.optional(v.literal(true)),
        since: v.number(),
        expires_in_s: v.optional(v.number()),
      }),
    ),
  }),
);
