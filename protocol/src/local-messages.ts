import type { ShellSessionId } from "./ids.ts";
import type { Hop, SecretCommand, TypeSecretCommand } from "./local-secrets.ts";
import type { DeskCommand } from "./local-telemetry.ts";
import type { DeviceRecord } from "./messages/devices.ts";
import type { ErrorPayload } from "./messages/error.ts";
import type { Up } from "./up.ts";
import type { PROTOCOL_VERSION } from "./version.ts";

/**
 * Messages that never leave the tablet: the UI's commands to the worker, in the one message shape [A11]. The wire's own
 * up-messages that a UI may send as they are (ui_state, devices, host_key_reply, auth_reply, list_sessions) are in
 * {@link UiCommand} too; the worker fills in id and base_rev where the UI leaves them out.
 */
type Local<S extends string, T extends string, A extends string, P> = {
  v: typeof PROTOCOL_VERSION;
  device: string;
  session_id: S;
  type: T;
  action: A;
  id?: string | undefined;
  payload: P;
};

/**
 * Opens a device's terminal. `password` goes to the worker's credential holder and into no machine, log or view [S72].
 * `adopt`: not a new session but this one of the user's, from whoever has it: a person's act [WP28].
 */
export type OpenCommand = Local<
  "ssh1",
  "terminal",
  "open",
  { cols: number; rows: number; password?: string; quick?: DeviceRecord; adopt?: string }
>;
/** Ends both sessions of the device (`end`) or leaves them to their grace (`detach`), and closes its workspace. */
export type CloseCommand = Local<"ssh1", "terminal", "close", { how: "end" | "detach" }>;
/** Starts both sessions anew after an end, with the screen kept. */
export type ReconnectCommand = Local<
  "ssh1",
  "terminal",
  "reconnect",
  { cols: number; rows: number; password?: string }
>;
/** The visible terminal's size; the worker assigns revisions. */
export type SizeCommand = Local<"ssh1", "terminal", "size", { cols: number; rows: number }>;
/**
 * Answer to "not sent: send or discard?" [WP19]. `next_line`: without the line that the link loss cut, whose beginning is
 * erased at the device [S92].
 */
export type StaleInputCommand = Local<"ssh1", "terminal", "stale_input", { what: "send" | "next_line" | "discard" }>;
/** Takes the session over from the page that holds it [WP28]. */
export type TakeOverCommand = Local<"ssh1" | "ssh2", "terminal" | "telemetry", "take_over", Record<string, never>>;
export type CancelConnectCommand = Local<"ssh1" | "ssh2", "terminal" | "telemetry", "cancel", Record<string, never>>;

/** A kept line and when it was last entered, epoch ms. */
export type HistoryEntry = { line: string; at: number };
/** Command history of a device; lines that must not be kept never get here [U48]. */
export type HistoryAddCommand = Local<"ssh1", "terminal", "history_add", { line: string; at: number }>;
/** Answered with {@link HistoryEntry}[], newest first, each line once. */
export type HistoryListCommand = Local<"ssh1", "terminal", "history_list", { search: string; limit: number }>;
/** `line: null` clears the device's history. */
export type HistoryDeleteCommand = Local<"ssh1", "terminal", "history_delete", { line: string | null }>;
/** Times at which the person typed, for the load guard [T53]. */
export type TypingCommand = Local<"ssh1", "terminal", "typing", { typing: boolean }>;

/** The mission's `monitor`: what is looked at, how often, and whether at all. Absent fields stay as they are. */
export type MonitorCommand = Local<
  "ssh2",
  "telemetry",
  "monitor",
  {
    panels?: readonly string[];
    pinned?: readonly string[];
    profile?: "economy" | "normal" | "fast";
    paused?: boolean;
    /** A panel id, or `all`. */
    refresh?: string;
    platform?: string;
  }
>;
/** Consent to the second connection, remembered in the device record when `remember` [S59]. */
export type ConsentCommand = Local<"ssh2", "telemetry", "consent", { granted: boolean; remember: boolean }>;
/** Raw bytes and trace of one capture [T6]; what was sent to the device, when, and with which outcome [T61]. */
export type CaptureCommand = Local<"ssh2", "telemetry", "capture", { capture: string }>;
export type AuditCommand = Local<"ssh2", "telemetry", "audit", { limit: number }>;
/** A window of a table that stays in the worker [A6] [T77]. */
export type TableCommand = Local<
  "ssh2",
  "telemetry",
  "table",
  {
    panel: string;
    table: string;
    offset: number;
    limit: number;
    sort?: { field: string; descending: boolean };
    filter?: string;
  }
>;

/** Pairs this client with the code of a link or typed by hand. */
export type PairCommand = Local<"link", "system", "pair", { code: string; label: string }>;
/** Signs out and leaves nothing of this tablet behind; with `keep_secrets`: vault, keys and logins [S11]. */
export type SignOutCommand = Local<"link", "system", "sign_out", { keep_secrets?: boolean }>;
/** Ends sessions of the user that this page does not have, whoever has them: a person's act [S12]. */
export type EndSessionsCommand = Local<
  "link",
  "system",
  "end_sessions",
  { sessions: readonly { sid: string; session_id: ShellSessionId }[] }
>;
/** Dial now, whatever the back-off says. */
export type RetryCommand = Local<"link", "system", "retry", Record<string, never>>;
/** "Keep nothing on this tablet": holds for this tablet and wipes what is stored [WP32]. */
export type KeepNothingCommand = Local<"link", "system", "keep_nothing", { on: boolean }>;
/** What only the page knows: visibility, pageshow, online [section 11]. */
export type PresenceCommand = Local<
  "link",
  "system",
  "presence",
  { visible: boolean; online: boolean; event: "visibility" | "pageshow" | "pagehide" | "freeze" | "resume" | "online" }
>;

export type LocalCommand =
  | OpenCommand
  | CloseCommand
  | ReconnectCommand
  | SizeCommand
  | StaleInputCommand
  | TakeOverCommand
  | CancelConnectCommand
  | HistoryAddCommand
  | HistoryListCommand
  | HistoryDeleteCommand
  | TypingCommand
  | MonitorCommand
  | ConsentCommand
  | CaptureCommand
  | AuditCommand
  | TableCommand
  | DeskCommand
  | PairCommand
  | SignOutCommand
  | EndSessionsCommand
  | RetryCommand
  | KeepNothingCommand
  | PresenceCommand;

/** ui_state wishes of the UI: the worker adds the revision they are based on. */
type WithoutBaseRev<M> = M extends { payload: infer P } ? Omit<M, "payload"> & { payload: Omit<P, "base_rev"> } : never;
export type UiStateCommand = WithoutBaseRev<
  Up<"set_theme" | "update_layout" | "set_panel_visibility" | "put_device" | "remove_device">
>;

/**
 * The wire's auth_reply with fields for the worker, which never cross the wire: `reuse` says that the single hidden answer
 * is the same each time, so that telemetry may log in with it too [S59]; `save`: keep it in the vault once it was right.
 */
export type AuthAnswerCommand = Up<"auth_reply"> & { payload: { reuse?: boolean; save?: boolean } };

/**
 * Questions to the proxy, answered with the payload of its answer: `clients` for the first three, `pairing`, `audit_page`,
 * `target_allowed`, `host_key_replaced`.
 */
export type ProxyRequest =
  | Up<"list_clients" | "rename_client" | "revoke_client" | "create_pairing" | "list_audit" | "allow_target">
  | ReplaceKeyCommand;

/** With the way to the host, which never crosses the wire: the tablet keeps the keys of hosts by it. */
export type ReplaceKeyCommand = Up<"replace_host_key"> & { payload: { via?: readonly Hop[] } };

/** Everything a UI may dispatch. */
export type UiCommand =
  | LocalCommand
  | UiStateCommand
  | AuthAnswerCommand
  | SecretCommand
  | TypeSecretCommand
  | ProxyRequest
  | Up<"host_key_reply" | "agent_reply" | "list_sessions">;

/** Answer to a dispatched command: expected failures are values, never thrown [A7]. */
export type Result<T = unknown> = { ok: true; value?: T } | { ok: false; error: ErrorPayload };
