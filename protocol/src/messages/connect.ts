import * as v from "valibot";
import { Base64, Channel, Position, SessionToken, Sid } from "../ids.ts";
import { AUTH_KEYS_MAX, GRACE_MAX_S, GRACE_MIN_S, OUT_WINDOW_MAX_BYTES } from "../limits.ts";
import { sessionMessage } from "./envelope.ts";
import {
  AlgorithmSet,
  Algorithms,
  AuthMethod,
  Cols,
  HopIndex,
  HostKey,
  Keepalive,
  Overflow,
  Pty,
  Rows,
  Target,
  Transport,
} from "./target.ts";

/**
 * A key that the page is willing to sign with [S52]. Order is the order in which they are tried; `hop` says at which host
 * (0..n, the last one is the device).
 */
export const AuthKey = v.object({
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_.:-]{1,64}$/)),
  hop: HopIndex,
  /** SSH type of the key, such as `ssh-ed25519`. */
  algorithm: v.pipe(v.string(), v.maxLength(64)),
  /** The wire blob of RFC 4253 section 6.6. */
  public_key: Base64(8_192),
});
export type AuthKey = v.InferOutput<typeof AuthKey>;

/** How the page takes part in the login. Private keys and passwords are never in here. */
export const ConnectAuth = v.object({
  keys: v.optional(v.pipe(v.array(AuthKey), v.maxLength(AUTH_KEYS_MAX)), []),
  /**
   * The page checks the host's proof itself: it is asked before anything is authenticated [S47]. There is no connect
   * without, whatever stands here; simulated devices alone have nothing to prove [S42].
   */
  proof: v.optional(v.boolean(), true),
  /** Hops at which the agent of the proxy's host may be asked, after the person's consent [S60]. */
  agent: v.optional(v.pipe(v.array(HopIndex), v.maxLength(4)), []),
});
export type ConnectAuth = v.InferOutput<typeof ConnectAuth>;

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
    /** The same for each jump host of `target.via`, in order [S39]. */
    via_pins: v.optional(v.pipe(v.array(v.pipe(v.array(HostKey), v.maxLength(16))), v.maxLength(3))),
    auth: v.optional(ConnectAuth),
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
    /** Id of the key that opened the device, where one did. */
    auth_key: v.optional(v.pipe(v.string(), v.maxLength(64))),
    /** What is weak about this connection although it stands: Terrapin [S64]. */
    warnings: v.optional(v.array(v.picklist(["terrapin"]))),
    /** Verified keys of the jump hosts, in order [S39]. */
    via_host_keys: v.optional(v.pipe(v.array(HostKey), v.maxLength(3))),
    simulated: v.boolean(),
  }),
);

/** Where a connect has got to; for the person who waits [U99]. `text` is a banner of the device, to be shown as such. */
export const Progress = sessionMessage(
  "progress",
  v.object({
    step: v.picklist(["resolve", "tcp", "key_exchange", "host_key", "auth", "channel", "banner"]),
    text: v.optional(v.pipe(v.string(), v.maxLength(65_536))),
    /** Which host it is about; absent: the device, without jump hosts before it. */
    hop: v.optional(HopIndex),
  }),
);
