import * as v from "valibot";
import { Position, Sid } from "../ids.ts";
import { sessionMessage } from "./envelope.ts";

/**
 * Output that waits at the proxy for the attached page [U12]; `paused`: the device stands still meanwhile [WP12]. Less
 * than 64 KiB without a pause says that nothing is held any more.
 */
export const Held = sessionMessage("held", v.object({ sid: v.optional(Sid), bytes: Position, paused: v.boolean() }));
