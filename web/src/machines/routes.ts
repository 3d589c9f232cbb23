import type { Down } from "#protocol/down.ts";
import type { UiCommand } from "#protocol/local-messages.ts";
import { SECRET_ACTIONS } from "#protocol/local-secrets.ts";
import { DESK_ACTIONS } from "#protocol/local-telemetry.ts";

export type Message = UiCommand | Down;
/** Who handles a message [A11]. `service`: a question that storage or the collector answers, not a machine. */
export type Destination =
  | "open"
  | "close"
  | "session"
  | "service"
  | "sign_in"
  | "link"
  | "presence"
  | "wire"
  | "ui_wish"
  | "ui_fact"
  | "ui_error"
  | "elsewhere"
  | "notice";

type Origin = "ui" | "proxy";
type Table = Readonly<Record<string, Destination>>;

function table(entries: Partial<Record<Destination, readonly string[]>>): Table {
  const rows = (Object.keys(entries) as Destination[]).flatMap((to) =>
    (entries[to] ?? []).map((triple): [string, Destination] => [triple, to]),
  );
  return Object.fromEntries(rows);
}

const both = (actions: readonly string[]): string[] =>
  actions.flatMap((action) => [`ssh1/terminal/${action}`, `ssh2/telemetry/${action}`]);

const ROUTES: Readonly<Record<Origin, Table>> = {
  ui: table({
    open: ["ssh1/terminal/open"],
    close: ["ssh1/terminal/close"],
    session: [
      ...both(["take_over", "cancel", "host_key_reply", "auth_reply"]),
      "ssh1/terminal/agent_reply",
      "ssh1/terminal/reconnect",
      "ssh1/terminal/size",
      "ssh1/terminal/stale_input",
      "ssh2/telemetry/monitor",
      "ssh2/telemetry/consent",
    ],
    service: [
      "ssh1/terminal/history_add",
      "ssh1/terminal/history_list",
      "ssh1/terminal/history_delete",
      "ssh1/terminal/typing",
      "ssh2/telemetry/capture",
      "ssh2/telemetry/audit",
      "ssh2/telemetry/table",
      ...DESK_ACTIONS.map((action) => `ssh2/telemetry/${action}`),
      "link/system/keep_nothing",
      "link/system/end_sessions",
      "ssh1/terminal/type_secret",
      ...SECRET_ACTIONS.map((action) => `link/system/${action}`),
      "link/system/list_clients",
      "link/system/rename_client",
      "link/system/revoke_client",
      "link/system/create_pairing",
      "link/system/list_audit",
      "link/system/allow_target",
      "link/system/replace_host_key",
    ],
    sign_in: ["link/system/pair", "link/system/sign_out"],
    link: ["link/system/retry"],
    presence: ["link/system/presence"],
    wire: ["link/system/list_sessions"],
    ui_wish: ["set_theme", "update_layout", "set_panel_visibility", "put_device", "remove_device"].map(
      (action) => `ui_state/system/${action}`,
    ),
  }),
  proxy: table({
    session: [
      "ssh1/terminal/agent_consent",
      ...both([
        "connected",
        "progress",
        "host_key",
        "auth_prompt",
        "sign",
        "exec_started",
        "exec_done",
        "transport_changed",
        "resized",
        "save_request",
        "exit",
        "disconnected",
        "taken_over",
        "busy",
        "error",
      ]),
    ],
    ui_fact: ["theme_changed", "layout_changed", "panel_updated", "devices_changed"].map(
      (action) => `ui_state/system/${action}`,
    ),
    ui_error: ["ui_state/system/error"],
    elsewhere: ["link/system/sessions"],
    notice: ["link/system/error"],
  }),
};

/** Where a message goes; undefined for a triple that nobody knows, which is answered `unsupported` [A11]. */
export function destinationOf(message: Message, origin: Origin): Destination | undefined {
  const triple = `${message.session_id}/${message.type}/${message.action}`;
  const routes = ROUTES[origin];
  return Object.hasOwn(routes, triple) ? routes[triple] : undefined;
}
