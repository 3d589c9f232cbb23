import type {
  CloseCommand,
  EndSessionsCommand,
  LocalCommand,
  MonitorCommand,
  OpenCommand,
  PresenceCommand,
  ProxyRequest,
  ReconnectCommand,
  ReplaceKeyCommand,
  StaleInputCommand,
  TableCommand,
  UiCommand,
} from "#protocol/local-messages.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";

/** Device value of messages that concern no device; the protocol's NO_DEVICE. */
const NONE = "-";

type Ssh1 = Extract<UiCommand, { session_id: "ssh1" }>;
type Ssh2 = Extract<UiCommand, { session_id: "ssh2" }>;
type Either = "ssh1" | "ssh2";

const ssh1 = <A extends Ssh1["action"], P>(device: string, action: A, payload: P, id?: string) =>
  ({
    v: 1,
    device,
    session_id: "ssh1",
    type: "terminal",
    action,
    ...(id === undefined ? {} : { id }),
    payload,
  }) as const;
const ssh2 = <A extends Ssh2["action"], P>(device: string, action: A, payload: P) =>
  ({ v: 1, device, session_id: "ssh2", type: "telemetry", action, payload }) as const;
const link = <
  A extends Extract<LocalCommand, { session_id: "link" }>["action"] | ProxyRequest["action"] | "list_sessions",
  P,
>(
  action: A,
  payload: P,
) => ({ v: 1, device: NONE, session_id: "link", type: "system", action, payload }) as const;
const ui = <A extends Extract<UiCommand, { session_id: "ui_state" }>["action"], P>(action: A, payload: P) =>
  ({ v: 1, device: NONE, session_id: "ui_state", type: "system", action, payload }) as const;
const typeOf = (session: Either) => (session === "ssh1" ? "terminal" : "telemetry");

/** Typed construction of everything a UI may dispatch. */
export const commands = {
  open: (device: string, payload: OpenCommand["payload"]) => ssh1(device, "open", payload),
  close: (device: string, how: CloseCommand["payload"]["how"]) => ssh1(device, "close", { how }),
  reconnect: (device: string, payload: ReconnectCommand["payload"]) => ssh1(device, "reconnect", payload),
  size: (device: string, cols: number, rows: number) => ssh1(device, "size", { cols, rows }),
  staleInput: (device: string, what: StaleInputCommand["payload"]["what"]) => ssh1(device, "stale_input", { what }),
  takeOver: (device: string, session: Either) => ({
    v: 1,
    device,
    session_id: session,
    type: typeOf(session),
    action: "take_over",
    payload: {},
  }),
  cancel: (device: string, session: Either) => ({
    v: 1,
    device,
    session_id: session,
    type: typeOf(session),
    action: "cancel",
    payload: {},
  }),
  historyAdd: (device: string, line: string, at: number) => ssh1(device, "history_add", { line, at }),
  historyList: (device: string, search: string, limit: number) => ssh1(device, "history_list", { search, limit }),
  historyDelete: (device: string, line: string | null) => ssh1(device, "history_delete", { line }),
  typing: (device: string, typing: boolean) => ssh1(device, "typing", { typing }),
  monitor: (device: string, payload: MonitorCommand["payload"]) => ssh2(device, "monitor", payload),
  consent: (device: string, granted: boolean, remember: boolean) => ssh2(device, "consent", { granted, remember }),
  capture: (device: string, capture: string) => ssh2(device, "capture", { capture }),
  audit: (device: string, limit: number) => ssh2(device, "audit", { limit }),
  table: (device: string, payload: TableCommand["payload"]) => ssh2(device, "table", payload),
  pair: (code: string, label: string) => link("pair", { code, label }),
  signOut: (keep_secrets = false) => link("sign_out", keep_secrets ? { keep_secrets } : {}),
  retry: () => link("retry", {}),
  keepNothing: (on: boolean) => link("keep_nothing", { on }),
  presence: (payload: PresenceCommand["payload"]) => link("presence", payload),
  endSessions: (sessions: EndSessionsCommand["payload"]["sessions"]) => link("end_sessions", { sessions }),
  listClients: () => link("list_clients", {}),
  renameClient: (client_id: string, label: string) => link("rename_client", { client_id, label }),
  revokeClient: (client_id: string, end_sessions: boolean) => link("revoke_client", { client_id, end_sessions }),
  createPairing: () => link("create_pairing", {}),
  listAudit: (payload: { before?: number; prefix?: string; limit: number }) => link("list_audit", payload),
  allowTarget: (address: string, port: number, label: string) => link("allow_target", { address, port, label }),
  /** `typed`: the last 6 characters of the offered fingerprint, as read on the device's own console [S48]. */
  replaceHostKey: (payload: ReplaceKeyCommand["payload"]) => link("replace_host_key", payload),
  listSessions: () => link("list_sessions", {}),
  setTheme: (theme: string) => ui("set_theme", { theme }),
  updateLayout: (key: string, layout: Record<string, unknown>) => ui("update_layout", { key, layout }),
  setPanelVisibility: (panel: string, visible: boolean) => ui("set_panel_visibility", { panel, visible }),
  putDevice: (record: DeviceRecord) => ui("put_device", { record }),
  removeDevice: (id: string) => ui("remove_device", { id }),
  /** `id` is the question's. */
  hostKeyReply: (device: string, session: Either, id: string, trust: boolean) => ({
    v: 1,
    device,
    session_id: session,
    type: typeOf(session),
    action: "host_key_reply",
    re: id,
    payload: { trust },
  }),
  /** Fingerprints of the proxy's agent that may log in now; none: the agent is not used [S60]. */
  agentReply: (device: string, id: string, keys: readonly string[]) =>
    ({
      v: 1,
      device,
      session_id: "ssh1",
      type: "terminal",
      action: "agent_reply",
      re: id,
      payload: { keys: [...keys] },
    }) as const,
  /**
   * Answers to the prompts of question `id`. `reuse`: the person said that the answer is the same each time, so that
   * telemetry may use it too [S59].
   */
  authReply: (
    device: string,
    session: Either,
    id: string,
    answer: { answers: string[]; reuse?: boolean; save?: boolean } | { cancelled: true },
  ) => ({
    v: 1,
    device,
    session_id: session,
    type: typeOf(session),
    action: "auth_reply",
    re: id,
    payload: "answers" in answer ? answer : { answers: [], cancelled: true },
  }),
} satisfies Record<string, (...args: never[]) => UiCommand>;
