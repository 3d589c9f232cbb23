import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { Algorithms, HostKey, Target } from "#protocol/messages/target.ts";
import type { PanelId } from "#telemetry/knowledge/panels.ts";
import type { PanelReading } from "#telemetry/knowledge/reading.ts";
import type { AlertsView, ChangesView, LoadView, PortView } from "./desk-views.ts";
import type { HostPinsView, KeyDatesView, LoginsView, SshKeysView, VaultView } from "./secret-views.ts";

/**
 * Views: plain, cloneable projections of actor state, the only thing a page sees of the worker [A6]. A status field is
 * called `phase`, because useSelector throws on a status of "error". Times are epoch milliseconds.
 */

/** Whether this client may use the proxy at all. */
export type SignInView = {
  phase: "checking" | "unpaired" | "pairing" | "paired" | "revoked";
  /** The user's name at the proxy, once paired. */
  user?: string;
  label?: string;
  error?: ErrorPayload;
};

/** The WebSocket to the proxy. */
export type LinkView = {
  phase: "offline" | "dialling" | "greeting" | "online" | "probing" | "waiting" | "refused";
  /** Dial attempts since the link was last online. */
  attempt: number;
  /** While waiting: when the next attempt starts. */
  retry_at?: number;
  rtt_ms?: number;
  rtt_p50_ms?: number;
  rtt_p95_ms?: number;
  /** When the last frame of the proxy arrived. */
  last_frame_at?: number;
  /** Times the link came back since the app started. */
  resumes: number;
  /** The proxy said it is going away. */
  draining_until?: number;
  proxy_version?: string;
  /** What this proxy can do beside the protocol's own, as its welcome said. */
  features?: readonly string[];
  error?: ErrorPayload;
};

/** A question of the proxy or the device that waits for a person. */
export type QuestionView =
  | {
      kind: "host_key";
      id: string;
      host: string;
      port: number;
      hop: number;
      host_key: HostKey;
      bits?: number;
      known_since?: string;
    }
  /** The agent of the proxy's host would log in: which of its keys may [S60]. */
  | {
      kind: "agent";
      id: string;
      host: string;
      user: string;
      hop: number;
      keys: readonly { type: string; sha256: string; comment: string }[];
    }
  | {
      kind: "auth";
      id: string;
      method: "password" | "keyboard_interactive" | "change_password";
      host: string;
      user: string;
      hop: number;
      round: number;
      name: string;
      instruction: string;
      prompts: readonly { prompt: string; echo: boolean }[];
    };

export type SessionPhase = "idle" | "connecting" | "live" | "suspended" | "resuming" | "busy" | "taken_over" | "ended";

/** How a session ended: a session error, or the device's exit. */
export type SessionEndView = {
  at: number;
  error?: ErrorPayload;
  code?: number | null;
  signal?: string | null;
  /** It ended while this page was away. */
  while_away: boolean;
};

export type SessionViewCommon = {
  phase: SessionPhase;
  /** While connecting: the step [U99], since when. */
  step?: "resolve" | "tcp" | "key_exchange" | "host_key" | "auth" | "channel";
  since: number;
  banner?: string;
  question?: QuestionView;
  ended?: SessionEndView;
  /** While taken over or busy: who holds it. */
  holder?: string;
  /** While suspended: when the proxy gives the session up. */
  grace_until?: number;
  server_ident?: string;
  algorithms?: Algorithms;
  host_key?: HostKey;
  auth_method?: string;
};

/** ssh1. Byte figures are sampled, at most 4 times a second. */
export type TerminalView = SessionViewCommon & {
  cols: number;
  rows: number;
  /** Typed, not yet at the proxy; the oldest of it since. */
  unacked_bytes: number;
  unacked_since?: number;
  /** Output that waits at the proxy, as it said last; 0 also for what is too little to speak of [U12]. */
  held_bytes: number;
  /** Received, not yet drawn. */
  undrawn_bytes: number;
  /** Received, not yet in the tablet's log; absent when nothing waits, or nothing is logged [U11]. */
  unsaved_bytes?: number;
  /** Typed and taken by the proxy, with no output of the device since; the first of it at `since` [U11] [U12]. */
  unechoed?: { bytes: number; since: number };
  /** When the person typed last in this session; for the device's idle limit [WP35]. */
  typed_at?: number;
  /**
   * Typed text that waits for "send or discard" [WP19]: its first lines, control characters escaped, and how many lines it
   * is; `text` is empty when `hidden`: secrets are not shown. `cut`: it begins inside a line, of which the device has the
   * beginning, `at_device`; it can go on from the next line [S92].
   */
  stale_input?: {
    text: string;
    hidden?: true;
    bytes: number;
    lines?: number;
    oldest_at: number;
    cut?: { at_device: string };
  };
  /**
   * While the link is away, or when the session ended meanwhile: typed text that waits, as typed, its beginning only when it is long; and the bytes sent
   * before without a proof that they arrived: the device may have them [U13] [U100].
   */
  waiting_input?: { text: string; hidden?: true; bytes: number; unproven_bytes: number; oldest_at: number };
  /** Typed while there was no session that could take it: not sent, and not kept. */
  refused_input?: { bytes: number; at: number };
  /** Ranges of output that are lost for good. */
  gaps: readonly { from: number; to: number }[];
};

/** ssh2. */
export type TelemetryView = SessionViewCommon & {
  /** What the collector does while live. */
  activity: "off" | "asking_consent" | "detecting" | "waiting" | "running" | "paused" | "throttled";
  reason?: string;
  platform?: { id: string; title: string; evidence: string; chosen: boolean };
  profile: "economy" | "normal" | "fast";
  command?: string;
  next_due?: number;
};

export type DeviceView = {
  id: string;
  record: DeviceRecord;
  ssh1: TerminalView;
  ssh2: TelemetryView;
  /** Worst state of the device, by rank of the table in the terminal design [U7]. */
  badge: "key" | "asks" | "ended" | "offline" | "held" | "stale" | "wait" | "ok" | "idle";
};

/** The user's shared interface state [U79]. `sync`: whether what is shown is confirmed by the proxy. */
export type UiStateView = {
  sync: "loading" | "synced" | "pending" | "offline";
  theme: string;
  theme_rev: number;
  layouts: Readonly<Record<string, { layout: Record<string, unknown>; rev: number }>>;
  panels: Readonly<Record<string, { visible: boolean; rev: number }>>;
  /** A change that lost against another client's; "use mine" resends it [U80]. */
  conflict?: { what: "theme" | "layout" | "panel" | "device"; key: string; mine: unknown; theirs: unknown };
  error?: ErrorPayload;
};

/** The user's devices, from the proxy or, offline, from the tablet. */
export type CatalogView = {
  records: readonly DeviceRecord[];
  rev: number;
  from: "proxy" | "cache";
  /** Devices whose workspace is open in this page, in order. */
  open: readonly string[];
  /** Own sessions elsewhere, as last listed. */
  elsewhere: readonly {
    device: string;
    label: string;
    session_id: "ssh1" | "ssh2";
    target: Target;
    holder?: string;
    /** The holder is another client, not another page of this one. */
    other_client?: true;
    sid: string;
    /** The device's end is over; its last output can be read for a while [WP35]. */
    ended?: true;
  }[];
  /** Ended by the person while there was no link: they end when it is back. */
  ending?: readonly { sid: string; session_id: "ssh1" | "ssh2"; device: string; label: string }[];
};

/** Something that happened and must be readable later [U99]. */
export type NoticeView = {
  id: string;
  at: number;
  level: "info" | "warn" | "error";
  device?: string;
  text: string;
  code?: string;
};

/**
 * The worker itself [U97]: the one view that the page writes, since a dead worker cannot. `failed` follows two crashes
 * within a minute; `report` is plain text for the person to copy.
 */
export type WorkerView = {
  phase: "starting" | "running" | "replacing" | "failed";
  replaced: number;
  report?: string;
};

/** What the tablet keeps. */
export type StorageView = {
  phase: "ok" | "failed";
  persisted: boolean;
  keep_nothing: boolean;
  /** Why the browser refuses its storage. */
  error?: string;
  /** Why history, changes and alerts fail although storage does not: a desk threw, or its code did not come [T9]. */
  desks_error?: string;
  /** Sessions of before that come back with the vault; `until`: when the grace of the first ends, epoch ms [S71]. */
  locked_sessions?: { sessions: number; until: number };
};

/** Every view by its key. `panel:<device>:<panel>` carries readings; rows above 500 stay in the worker [T77]. */
export type Views = {
  sign_in: SignInView;
  link: LinkView;
  ui_state: UiStateView;
  catalog: CatalogView;
  notices: readonly NoticeView[];
  /** What the proxy says of itself: whether it can write its audit log [S94]. */
  proxy: { audit: "ok" | "failing" };
  /** `keep_nothing`: the person wants nothing of devices stored on this tablet [WP32]. */
  storage: StorageView;
  worker: WorkerView;
  vault: VaultView;
  ssh_keys: SshKeysView;
  logins: LoginsView;
  key_dates: KeyDatesView;
  host_pins: HostPinsView;
} & { [K in `device:${string}`]: DeviceView } & {
  [K in `panel:${string}:${PanelId}`]: PanelReading;
} & { [K in `changes:${string}`]: ChangesView } & { [K in `alerts:${string}`]: AlertsView } & {
  [K in `port:${string}`]: PortView;
} & { [K in `load:${string}`]: LoadView } & {
  /** Recent values per numeric field of a panel's row, for sparklines: [t, value|null][] with null as a gap. */
  [K in `series:${string}:${PanelId}:${string}`]: SeriesView;
};

export type SeriesView = { field: string; unit: string; points: readonly (readonly [number, number | null])[] };
export type ViewKey = keyof Views;
