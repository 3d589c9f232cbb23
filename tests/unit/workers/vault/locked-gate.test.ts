import { describe, expect, test } from "vitest";
import { commands } from "#bridge/commands.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import type { UiCommand } from "#protocol/local-messages.ts";
import { SECRET_ACTIONS } from "#protocol/local-secrets.ts";
import { DESK_ACTIONS } from "#protocol/local-telemetry.ts";
import { isAllowedLocked, WHILE_LOCKED } from "#workers/vault/locked-gate.ts";

/** Every action of a UI, by hand: an action that is added to the type fails to compile in the gate, and here by count. */
const ALLOWED = [
  "presence",
  "activity",
  "retry",
  "set_theme",
  "size",
  "typing",
  "pair",
  "sign_out",
  "vault_unlock",
  "vault_lock",
  "vault_erase",
];
const WITH_PANELS = [
  "capture",
  "audit",
  "table",
  "series_range",
  "changes_list",
  "snapshot_list",
  "compare",
  "alert_rules",
  "port_show",
];
/** What hands something of this tablet, or of the user's other devices, to whoever holds it. */
const MUST_REFUSE: readonly string[] = [
  "create_pairing",
  "revoke_client",
  "rename_client",
  "list_clients",
  "list_audit",
  "put_device",
  "remove_device",
  "replace_host_key",
  "allow_target",
  "open",
  "reconnect",
  "take_over",
  "close",
  "end_sessions",
  "type_secret",
  "stale_input",
  "host_key_reply",
  "auth_reply",
  "agent_reply",
  "consent",
  "cancel",
  "keep_nothing",
  "history_add",
  "history_list",
  "history_delete",
  "list_sessions",
  "update_layout",
  "set_panel_visibility",
  ...SECRET_ACTIONS.filter((action) => !ALLOWED.includes(action)),
  ...DESK_ACTIONS.filter((action) => !WITH_PANELS.includes(action)),
];
const command = (action: string, payload: object = {}) => ({ action, payload }) as unknown as UiCommand;

describe("what a locked tablet takes [S70]", () => {
  test("the table has every action, each of them once", () => {
    expect(Object.keys(WHILE_LOCKED).toSorted()).toEqual(
      [...ALLOWED, ...WITH_PANELS, ...MUST_REFUSE, "monitor"].toSorted(),
    );
  });

  test.each(Object.keys(WHILE_LOCKED).filter((action) => action !== "monitor"))("%s", (action) => {
    const always = ALLOWED.includes(action);
    expect(isAllowedLocked(command(action), false)).toBe(always);
    expect(isAllowedLocked(command(action), true)).toBe(always || WITH_PANELS.includes(action));
  });

  test("monitor: what is in sight may be said, what is asked of the device may not be changed", () => {
    expect(isAllowedLocked(commands.monitor("d", { panels: ["cpu"], pinned: [] }), false)).toBe(true);
    for (const payload of [{ refresh: "all" }, { paused: true }, { profile: "fast" as const }, { platform: "eos" }]) {
      expect(isAllowedLocked(commands.monitor("d", { panels: [], ...payload }), true)).toBe(false);
    }
  });

  test("every command that the UI can build has an action of the table; an unknown one is refused", () => {
    for (const build of [...Object.values(commands), ...Object.values(secretCommands)]) {
      const [a, b, c, d] = ["x", "y", "z", {}] as unknown as never[];
      const built = (build as unknown as (...args: unknown[]) => { action: string })(a, b, c, d ?? {});
      expect(Object.keys(WHILE_LOCKED)).toContain(built.action);
    }
    for (const unknown of ["toString", "__proto__", "new_thing"]) {
      expect(isAllowedLocked(command(unknown), true)).toBe(false);
    }
  });
});
