/**
 * Every number of the wire and of the proxy's policy, once, with unit and reason.
 * Ids in brackets name the rule a number comes from.
 */
const KIB = 1024;
const MIB = 1024 * KIB;

/** Largest WebSocket message either side accepts [WP1] [S24]. */
export const MAX_MESSAGE_BYTES = 256 * KIB;
/** Largest JSON control frame [section 5]. */
export const MAX_CONTROL_BYTES = 64 * KIB;
/** Deepest nesting of a control frame [S26]; deeper JSON is only ever an attack. */
export const MAX_CONTROL_DEPTH = 16;
/** Largest body of an OUT frame; smaller frames cost half the throughput into a browser [section 4]. */
export const MAX_OUT_BODY_BYTES = 32 * KIB;
/** Largest body of an IN frame; accepted whole or not at all [section 4]. */
export const MAX_IN_BODY_BYTES = 16 * KIB;

/** Output ring of a terminal and of telemetry [WP12]. */
export const TERMINAL_RING_BYTES = MIB;
export const TELEMETRY_RING_BYTES = 256 * KIB;
/** Unsent output at which an attached session pauses its device [WP12]. */
export const PAUSE_UNSENT_BYTES = 64 * KIB;
/** A page hears of held output this often at most, and not of what is gone again within the second time [U12]. */
export const HELD_REPORT_MS = 1_000;
export const HELD_SETTLE_MS = 250;
/** Socket backlog above which the link pump waits [WP10]. */
export const SOCKET_HIGH_WATER_BYTES = 64 * KIB;
/** Control frames that may wait on one link; more means that the peer does not read [S23]. */
export const LINK_CONTROL_QUEUE_BYTES = MIB;
/** Bytes a channel may send before the next channel's turn [WP10]. */
export const ROUND_ROBIN_QUANTUM_BYTES = 32 * KIB;
/**
 * Output credit: start, floor, ceiling, and while the page is hidden [WP9]. The floor is the start: a page that draws answers
 * a display frame or two after the bytes came, however short the way, and with 128 KiB a flood stands still meanwhile.
 */
export const OUT_WINDOW_BYTES = 256 * KIB;
export const OUT_WINDOW_MIN_BYTES = 256 * KIB;
export const OUT_WINDOW_MAX_BYTES = MIB;
export const OUT_WINDOW_HIDDEN_BYTES = 64 * KIB;
/** Input beyond what the SSH channel has taken [WP16]. */
export const IN_WINDOW_BYTES = 64 * KIB;
/** Typed or pasted bytes that a page keeps per session until the device has them; more is refused, not dropped [S23]. */
export const INPUT_QUEUE_BYTES = 8 * MIB;
/** Output below the floor that a terminal keeps for a page that starts without a log. */
export const TERMINAL_TAIL_BYTES = 64 * KIB;
/** Pages whose input position a session remembers after another one wrote [WP18]; earlier ones are answered `gone`. */
export const KEPT_WRITERS = 64;
/** Page-side socket backlog above which input waits in the page [WP16]. */
export const PAGE_SOCKET_HIGH_WATER_BYTES = 256 * KIB;
/** SSH channel window; the library's 2 MiB delays Ctrl-C by seconds [WP13]. */
export const SSH_WINDOW_BYTES = 128 * KIB;
/** stderr kept per exec command [WP41]. */
export const EXEC_STDERR_BYTES = 64 * KIB;
/** Largest exec output the proxy lets through per command (section 4 of the security document). */
export const EXEC_OUTPUT_BYTES = 32 * MIB;

/** The page acknowledges this long after the last application at the latest [WP9]. */
export const ACK_DELAY_MS = 50;
/** The proxy acknowledges input within this time [WP17]. */
export const INPUT_ACK_DELAY_MS = 20;
/** First frame after the upgrade [WP2]. */
export const HELLO_TIMEOUT_MS = 5_000;
/** Page: connect timeout of the socket [WP23]. */
export const DIAL_TIMEOUT_MS = 5_000;
/** Application PING of an idle page, and when a PING without answer means dead [section 11]. */
export const PING_IDLE_MS = 15_000;
export const PING_DEAD_MS = 10_000;
/** PING when input stays unacknowledged; badge "stale" [section 11]. */
export const PING_UNACKED_MS = 1_500;
export const STALE_INPUT_BADGE_MS = 3_000;
/** Wake probe: deadline before a parallel socket is opened [section 11]. */
export const WAKE_PROBE_MS = 2_000;
/** A timer that fires this much late tells of a stalled or sleeping page [WP34] [section 11]. */
export const STALL_MS = 1_000;
export const CLOCK_JUMP_MS = 3_000;
/** Proxy: WebSocket ping, and silence after which the socket is dropped [section 11]. */
export const PROXY_PING_MS = 20_000;
export const PROXY_DEAD_MS = 40_000;
/** Proxy: how long the holder of a session has to answer a takeover probe [WP28]. */
export const TAKEOVER_PROBE_MS = 2_000;
/** Reconnect delays, then the last one again, with full jitter [section 11]. */
export const BACKOFF_MS: readonly number[] = [0, 250, 500, 1_000, 2_000, 4_000, 8_000, 15_000];
/** Input older than this when the link returns needs "send or discard" [WP19]. */
export const STALE_INPUT_MS = 10_000;

/** Detached grace: default, bounds; telemetry; ended sessions [WP35]. */
export const TERMINAL_GRACE_S = 15 * 60;
export const GRACE_MIN_S = 10;
export const GRACE_MAX_S = 12 * 3_600;
export const TELEMETRY_GRACE_S = 5 * 60;
export const ENDED_GRACE_S = 10 * 60;
/** A connect whose page vanished is aborted after this [WP7]; prompts are held as long. */
export const CONNECT_ORPHAN_MS = 60_000;
export const PROMPT_HELD_MS = 60_000;
/** Replies kept for repeated requests, per session [WP7]. */
export const KEPT_REPLIES = 256;
/** Replies to connect outlive their session's start by this [WP7]. */
export const CONNECT_REPLY_KEPT_MS = 10 * 60_000;

/** SSH side: TCP, key exchange, one automatic step of authentication (section 9 of the security document). */
export const TCP_TIMEOUT_MS = 10_000;
export const KEX_TIMEOUT_MS = 15_000;
export const AUTH_STEP_TIMEOUT_MS = 20_000;
export const CHANNEL_TIMEOUT_MS = 10_000;
/** Device greeting, banners, prompts [section 4 of the security document]. */
export const GREETING_MAX_BYTES = 16 * KIB;
export const BANNER_MAX_BYTES = 64 * KIB;
export const PROMPTS_PER_ROUND = 16;
export const PROMPT_ROUNDS = 8;
export const PROMPT_MAX_CHARS = 4 * KIB;
/** Keys that a page may offer for all hops of a connect: devices count failures [S58]. */
export const AUTH_KEYS_MAX = 16;
/** Signatures per attempt and hop [S54]. */
export const SIGNATURES_PER_HOP = 3;

/** Terminal geometry that devices accept (section 4 of the security document). */
export const COLS_MIN = 20;
export const COLS_MAX = 512;
export const ROWS_MIN = 5;
export const ROWS_MAX = 300;

/** ui_state: one value, number of keys, device records. */
export const UI_VALUE_MAX_BYTES = 64 * KIB;
export const UI_KEYS_MAX = 256;
export const DEVICES_MAX = 500;
/** All records of a user together: what one edit writes to the disk and every link gets. */
export const DEVICES_MAX_BYTES = 2 * MIB;

/** Links and sessions [section 4 of the security document]. */
export const LINKS_PER_CLIENT = 4;
export const LINKS_PER_USER = 16;
export const SESSIONS_PER_USER = 32;
export const CONNECTING_PER_USER = 4;
export const CONNECTING_PER_TARGET = 2;
export const CONTROL_PER_SECOND = 50;
export const CONTROL_BURST = 200;
export const BYTES_HELD_PER_USER = 64 * MIB;
export const BYTES_HELD_TOTAL = 512 * MIB;
export const DIALS_PER_USER_PER_MIN = 20;
export const DIALS_PER_TARGET_PER_MIN = 6;
/** SIGTERM drain default and bound; SIGINT leaves within 2 s [WP36]. */
export const DRAIN_DEFAULT_S = 5;
export const DRAIN_MAX_S = 1_800;
export const SIGINT_EXIT_MS = 2_000;

/** HTTP: headers, time for them, body (section 4 of the security document). */
export const HTTP_HEADER_MAX_BYTES = 8 * KIB;
export const HTTP_HEADER_TIMEOUT_MS = 5_000;
export const HTTP_BODY_MAX_BYTES = 64 * KIB;
/** Pairing: life, wrong tries, attempts per address and in all [S6]. */
export const PAIRING_TTL_MS = 10 * 60_000;
export const PAIRING_TRIES = 5;
export const PAIRINGS_PER_ADDRESS_PER_MIN = 10;
export const PAIRINGS_PER_MIN = 30;
/** Cookie life and renewal age [S8]. */
export const COOKIE_TTL_S = 180 * 86_400;
export const COOKIE_RENEW_AFTER_S = 30 * 86_400;
