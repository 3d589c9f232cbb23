import type { MonitorCommand, UiCommand } from "#protocol/local-messages.ts";

/**
 * `always`: needs no person who knows the passphrase. `panels`: shows what panels show, for when they stay in sight.
 * `view`: only the fields that say what is looked at. `never`: waits for the unlock.
 */
export type WhileLocked = "always" | "panels" | "view" | "never";

/** Every command of the UI, and whether a locked tablet takes it [S70]: whoever holds it need not be its owner. */
export const WHILE_LOCKED: Readonly<Record<UiCommand["action"], WhileLocked>> = {
  // What only the page knows, and what changes nothing of anybody's.
  presence: "always",
  activity: "always",
  retry: "always",
  set_theme: "always",
  // Of a terminal that is covered: it was said before the lock, or the tablet was turned.
  size: "always",
  typing: "always",
  // The ways out of the lock: passphrase or passkey, or leaving nothing behind.
  pair: "always",
  sign_out: "always",
  vault_unlock: "always",
  vault_lock: "always",
  vault_erase: "always",

  monitor: "view",
  capture: "panels",
  audit: "panels",
  table: "panels",
  series_range: "panels",
  changes_list: "panels",
  snapshot_list: "panels",
  compare: "panels",
  alert_rules: "panels",
  port_show: "panels",

  open: "never",
  close: "never",
  reconnect: "never",
  stale_input: "never",
  take_over: "never",
  cancel: "never",
  consent: "never",
  type_secret: "never",
  host_key_reply: "never",
  auth_reply: "never",
  agent_reply: "never",
  history_add: "never",
  history_list: "never",
  history_delete: "never",
  list_sessions: "never",
  end_sessions: "never",
  keep_nothing: "never",
  update_layout: "never",
  set_panel_visibility: "never",
  put_device: "never",
  remove_device: "never",
  list_clients: "never",
  rename_client: "never",
  revoke_client: "never",
  create_pairing: "never",
  list_audit: "never",
  allow_target: "never",
  replace_host_key: "never",
  vault_create: "never",
  vault_passphrase: "never",
  vault_passkey_add: "never",
  vault_passkey_remove: "never",
  vault_keep_panels: "never",
  vault_put: "never",
  vault_remove: "never",
  vault_export: "never",
  vault_import: "never",
  key_make: "never",
  key_import: "never",
  key_rename: "never",
  key_remove: "never",
  login_choice: "never",
  login_rebind: "never",
  pin_forget: "never",
  // What a desk stores, sends to a device, or gives away as a file.
  changes_seen: "never",
  snapshot_store: "never",
  snapshot_rename: "never",
  snapshot_remove: "never",
  compare_export: "never",
  alert_ack: "never",
  alert_snooze: "never",
  alert_rule_put: "never",
  alert_rule_remove: "never",
  port_zero: "never",
  port_details: "never",
  lookup: "never",
  full_table: "never",
  ask_cancel: "never",
  table_export: "never",
  audit_export: "never",
};

/** Fields of `monitor` that say what is in sight; the others change what is asked of the device. */
const VIEW_FIELDS: ReadonlySet<string> = new Set(["panels", "pinned"] satisfies (keyof MonitorCommand["payload"])[]);

/** Whether a tablet with a locked vault takes the command. `keepPanels`: panels stay in sight. Unknown ones are refused. */
export function isAllowedLocked(command: UiCommand, keepPanels: boolean): boolean {
  const rule = Object.hasOwn(WHILE_LOCKED, command.action) ? WHILE_LOCKED[command.action] : "never";
  if (rule === "view") return Object.keys(command.payload).every((field) => VIEW_FIELDS.has(field));
  return rule === "always" || (rule === "panels" && keepPanels);
}
