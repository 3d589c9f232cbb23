import * as v from "valibot";
import { Channel, Position, SessionToken, Sid } from "../ids.ts";
import { GRACE_MAX_S, GRACE_MIN_S, OUT_WINDOW_MAX_BYTES } from "../limits.ts";
import { sessionMessage } from "./envelope.ts";
import {
  AlgorithmSet,
  Algorithms,
  AuthMethod,
  Cols,
  HostKey,
  Keepalive,
  Overflow,
  Pty,
  Rows,
  Target,
  Transport,
} from "./target.ts";

/** Opens a session. Carries no secret: those are asked for by auth_prompt. Idempotent by `id` [WP7]. */
export const Connect = sessionMessage(
  "connect",
  v.object({
    target: Target,
    label: v.pipe(v.string(), v.maxLength(128)),
    transport: Transport,
    pty: v.optional(Pty),
    grace_s: v.pipe(v.number(), v.integer(), v.minValue(GRACE_MIN_S), v.maxValue(GRACE_MAX_S)),
    window: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(OUT_WINDOW_MAX_BYTES)),
    durable: v.boolean(),
    options: v.object({
      algorithms: AlgorithmSet,
      keepalive: Keepalive,
      overflow: Overflow,
      auth_order: v.pipe(v.array(AuthMethod), v.maxLength(8)),
    }),
    /** Keys this client trusts for the target; for ssh2 the one key that ssh1 verified [S49]. */
    pins: v.pipe(v.array(HostKey), v.maxLength(16)),
  }),
);

export const Connected = sessionMessage(
  "connected",
  v.object({
    sid: Sid,
    token: SessionToken,
    chan: Channel,
    epoch: v.number(),
    grace_s: v.number(),
    ring: v.number(),
    out_window: v.number(),
    out_start: Position,
    in_next: Position,
    in_limit: Position,
    transport: Transport,
    cols: v.optional(Cols),
    rows: v.optional(Rows),
    server_ident: v.pipe(v.string(), v.maxLength(255)),
    algorithms: Algorithms,
    host_key: HostKey,
    auth_method: v.pipe(v.string(), v.maxLength(64)),
    simulated: v.boolean(),
  }),
);

/** Where a connect has got to; for the person who waits [U99]. `text` is a banner of the device, to be shown as such. */
export const Progress = sessionMessage(
  "progress",
  v.object({
    step: v.picklist(["resolve", "tcp", "key_exchange", "host_key", "auth", "channel", "banner"]),
    text: v.optional(v.pipe(v.string(), v.maxLength(65_536))),
  }),
);
