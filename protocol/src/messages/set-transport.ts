import * as v from "valibot";
import { Position, Sid } from "../ids.ts";
import { sessionMessage } from "./envelope.ts";
import { Transport } from "./target.ts";

/** Changes the kind of channel on the open SSH connection, without a new login [section 5]. */
export const SetTransport = sessionMessage("set_transport", v.object({ transport: Transport }));
export const TransportChanged = sessionMessage(
  "transport_changed",
  v.object({ sid: v.optional(Sid), transport: Transport, at: Position }),
);
