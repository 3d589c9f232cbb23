import * as v from "valibot";
import { Channel, DeviceId, NodeId, Position, SessionToken, ShellSessionId, Sid } from "../ids.ts";
import { Algorithms, Cols, HostKey, Rows, Transport } from "./target.ts";

const Epoch = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** What a page asks of one session, in hello and attach. `in_pos` null: take the proxy's [WP26]. */
export const SessionRequest = v.object({
  device: DeviceId,
  session_id: ShellSessionId,
  sid: Sid,
  token: v.optional(SessionToken),
  out_pos: v.nullable(Position),
  in_pos: v.nullable(Position),
  limit: Position,
  known_epoch: Epoch,
  durable: v.boolean(),
  lock_held: v.boolean(),
});
export type SessionRequest = v.InferOutput<typeof SessionRequest>;

export const SessionStatus = v.picklist(["connecting", "resumed", "gap", "ended", "gone", "busy", "moved"]);
export type SessionStatus = v.InferOutput<typeof SessionStatus>;

/** What `connected` said about the SSH connection, for a client that adopts the session and was never told [WP28]. */
export const SessionAbout = v.object({
  transport: Transport,
  host_key: HostKey,
  server_ident: v.pipe(v.string(), v.maxLength(255)),
  algorithms: Algorithms,
  auth_method: v.pipe(v.string(), v.maxLength(64)),
  simulated: v.boolean(),
  grace_s: v.number(),
  /** Keys of the jump hosts, in order; absent without any. They count as far as the client verified them itself [S49]. */
  via_host_keys: v.optional(v.pipe(v.array(HostKey), v.maxLength(3))),
});
export type SessionAbout = v.InferOutput<typeof SessionAbout>;

/** What the proxy answers for one session, in welcome and attached. Fields beyond `gone`/`busy`/`moved` are absent there. */
export const SessionState = v.object({
  sid: Sid,
  device: v.optional(DeviceId),
  session_id: v.optional(ShellSessionId),
  status: SessionStatus,
  chan: v.optional(Channel),
  epoch: v.optional(Epoch),
  out_start: v.optional(Position),
  /**
   * Only when beyond `out_start`: output below it went to another page, whose terminal may have answered what the device
   * asked in it. It is drawn, and not answered again [WP31].
   */
  out_seen: v.optional(Position),
  gap: v.optional(v.object({ from: Position, to: Position })),
  in_next: v.optional(Position),
  in_limit: v.optional(Position),
  /**
   * Only when another page wrote since this one was attached: how far this page's own input was accepted, in the positions
   * that it counted in as of `epoch`. What it keeps beyond that is proven undelivered, and goes on at `in_next` [WP18].
   */
  in_own: v.optional(v.object({ pos: Position, epoch: Epoch })),
  cols: v.optional(Cols),
  rows: v.optional(Rows),
  rev: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  token: v.optional(SessionToken),
  about: v.optional(SessionAbout),
  reason: v.optional(v.picklist(["expired", "restart", "closed"])),
  holder: v.optional(v.string()),
  location: v.optional(NodeId),
  expires_in_s: v.optional(v.number()),
});
export type SessionState = v.InferOutput<typeof SessionState>;
