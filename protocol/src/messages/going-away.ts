import * as v from "valibot";
import { NodeId } from "../ids.ts";
import { linkMessage } from "./envelope.ts";

/** The proxy drains: sessions live until the deadline; `location` is another node of the configured list [WP36]. */
export const GoingAway = linkMessage("going_away", v.object({ deadline_s: v.number(), location: v.optional(NodeId) }));
