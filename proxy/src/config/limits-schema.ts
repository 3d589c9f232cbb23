/**
 * Figures of the policy that an operator may change (section 4 of the security design). Sizes of frames, of JSON and of the
 * terminal are not among them: page and proxy share them, as part of the protocol's version.
 */
import * as v from "valibot";
import {
  BANNER_MAX_BYTES,
  BYTES_HELD_PER_USER,
  BYTES_HELD_TOTAL,
  CONNECTING_PER_TARGET,
  CONNECTING_PER_USER,
  CONTROL_BURST,
  CONTROL_PER_SECOND,
  DIALS_PER_TARGET_PER_MIN,
  DIALS_PER_USER_PER_MIN,
  EXEC_OUTPUT_BYTES,
  GREETING_MAX_BYTES,
  HTTP_BODY_MAX_BYTES,
  HTTP_HEADER_MAX_BYTES,
  HTTP_HEADER_TIMEOUT_MS,
  LINKS_PER_CLIENT,
  LINKS_PER_USER,
  PAIRING_TRIES,
  PAIRING_TTL_MS,
  PAIRINGS_PER_ADDRESS_PER_MIN,
  PAIRINGS_PER_MIN,
  PROMPT_MAX_CHARS,
  PROMPT_ROUNDS,
  PROMPTS_PER_ROUND,
  SESSIONS_PER_USER,
  SSH_WINDOW_BYTES,
  TELEMETRY_RING_BYTES,
  TERMINAL_RING_BYTES,
  UI_KEYS_MAX,
  UI_VALUE_MAX_BYTES,
} from "#protocol/limits.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
/** Upgrades per minute and burst, with and without a valid cookie: a page that roams dials often in a short time. */
const UPGRADES_PER_CLIENT_PER_MIN = 120;
const UPGRADES_PER_CLIENT_BURST = 40;
const UPGRADES_UNKNOWN_PER_MIN = 30;
const UPGRADES_UNKNOWN_BURST = 10;
/** Connections that are no WebSocket: in all, and of one address. */
const PLAIN_CONNECTIONS = 64;
const PLAIN_CONNECTIONS_PER_ADDRESS = 8;
/** Refused logins of one user at one target, within a time, and the pause that follows. */
const LOGIN_FAILURES = 3;
const LOGIN_WINDOW_S = 300;
const LOGIN_PAUSE_S = 60;
/** Longest that a command may run: the longest pack of commands. */
const EXEC_S = 180;

const within = (min: number, max: number, fallback: number) =>
  v.optional(
    v.pipe(
      v.number("must be a number"),
      v.integer("must be a whole number"),
      v.minValue(min, `must be at least ${min}`),
      v.maxValue(max, `must be at most ${max}`),
    ),
    fallback,
  );
const count = (max: number, fallback: number) => within(1, max, fallback);

export const Limits = v.strictObject({
  sessions_per_user: count(1_000, SESSIONS_PER_USER),
  /** Absent: from the memory that may be held, see {@link sessionsTotal}. */
  sessions_total: v.optional(count(100_000, 1)),
  connecting_per_user: count(100, CONNECTING_PER_USER),
  connecting_per_target: count(100, CONNECTING_PER_TARGET),
  dials_per_user_per_min: count(10_000, DIALS_PER_USER_PER_MIN),
  dials_per_target_per_min: count(10_000, DIALS_PER_TARGET_PER_MIN),
  login_failures: count(100, LOGIN_FAILURES),
  login_window_s: count(86_400, LOGIN_WINDOW_S),
  login_pause_s: count(86_400, LOGIN_PAUSE_S),
  links_per_client: count(100, LINKS_PER_CLIENT),
  links_per_user: count(1_000, LINKS_PER_USER),
  control_per_s: count(10_000, CONTROL_PER_SECOND),
  control_burst: count(100_000, CONTROL_BURST),
  ring_terminal_bytes: within(64 * KIB, 64 * MIB, TERMINAL_RING_BYTES),
  ring_telemetry_bytes: within(64 * KIB, 64 * MIB, TELEMETRY_RING_BYTES),
  bytes_held_per_user: count(Number.MAX_SAFE_INTEGER, BYTES_HELD_PER_USER),
  bytes_held_total: count(Number.MAX_SAFE_INTEGER, BYTES_HELD_TOTAL),
  exec_output_bytes: within(64 * KIB, 1024 * MIB, EXEC_OUTPUT_BYTES),
  exec_s: count(3_600, EXEC_S),
  pairings_per_min: count(10_000, PAIRINGS_PER_MIN),
  pairings_per_address_per_min: count(10_000, PAIRINGS_PER_ADDRESS_PER_MIN),
  pairing_tries: count(100, PAIRING_TRIES),
  pairing_s: within(30, 3_600, PAIRING_TTL_MS / 1_000),
  upgrades_per_client_per_min: count(100_000, UPGRADES_PER_CLIENT_PER_MIN),
  upgrades_per_client_burst: count(10_000, UPGRADES_PER_CLIENT_BURST),
  upgrades_unknown_per_min: count(100_000, UPGRADES_UNKNOWN_PER_MIN),
  upgrades_unknown_burst: count(10_000, UPGRADES_UNKNOWN_BURST),
  http_header_bytes: within(2 * KIB, 64 * KIB, HTTP_HEADER_MAX_BYTES),
  http_header_s: count(60, HTTP_HEADER_TIMEOUT_MS / 1_000),
  http_body_bytes: within(4 * KIB, MIB, HTTP_BODY_MAX_BYTES),
  plain_connections: count(10_000, PLAIN_CONNECTIONS),
  plain_connections_per_address: count(10_000, PLAIN_CONNECTIONS_PER_ADDRESS),
  greeting_bytes: within(256, MIB, GREETING_MAX_BYTES),
  banner_bytes: within(KIB, MIB, BANNER_MAX_BYTES),
  /** What one question holds is shared with the page, so that these two go down only. */
  prompts_per_round: count(PROMPTS_PER_ROUND, PROMPTS_PER_ROUND),
  prompt_chars: within(64, PROMPT_MAX_CHARS, PROMPT_MAX_CHARS),
  prompt_rounds: count(100, PROMPT_ROUNDS),
  ui_value_bytes: within(KIB, UI_VALUE_MAX_BYTES, UI_VALUE_MAX_BYTES),
  ui_keys: count(10_000, UI_KEYS_MAX),
});
export type LimitValues = v.InferOutput<typeof Limits>;

/** What a session needs beyond its buffers, as a part of them. */
const OVERHEAD = 1.25;

/** Sessions that this proxy holds at once, those being set up included: what its memory allows. */
export function sessionsTotal(limits: LimitValues): number {
  const each = (limits.ring_terminal_bytes + SSH_WINDOW_BYTES) * OVERHEAD;
  return limits.sessions_total ?? Math.max(1, Math.floor(limits.bytes_held_total / each));
}
