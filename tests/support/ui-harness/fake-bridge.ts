import type { AppBridge } from "#bridge/create-bridge.ts";
import type { BytesToPage, Result, UiCommand, Views } from "#bridge/types.ts";
import { ViewStore } from "#bridge/view-store.ts";
import { askAnswer } from "./ask-fixtures.ts";
import { listedRules } from "./event-fixtures.ts";
import { screenText } from "./screen-text.ts";

const store = new ViewStore();

/** Puts views in place as if the worker had published them. */
export function publish(views: Partial<Views>): void {
  for (const [key, value] of Object.entries(views)) store.set(key as keyof Views, value);
}

/** Answers the few commands that change what is seen at once; everything else is accepted and ignored. */
function answer(command: UiCommand): Result {
  const ui = store.get("ui_state");
  if (command.action === "set_theme" && ui !== undefined)
    store.set("ui_state", { ...ui, theme: command.payload.theme });
  if (command.action === "set_panel_visibility" && ui !== undefined) {
    const { panel, visible } = command.payload;
    store.set("ui_state", { ...ui, panels: { ...ui.panels, [panel]: { visible, rev: 1 } } });
  }
  if (command.action === "capture") return { ok: true, value: { text: "show interfaces\r\nGigabitEthernet0/0 is up" } };
  const asked = askAnswer(command, (key, view) => store.set(key, view));
  if (asked !== undefined) return asked;
  if (command.action === "alert_rules") return { ok: true, value: listedRules };
  if (command.action === "changes_list") return { ok: true, value: [] };
  if (command.action === "alert_rule_put") {
    const detail = "hold_s: Between 0 and 86400.";
    return { ok: false, error: { code: "invalid", reason: "alert_rule", retry: "no", detail } };
  }
  return { ok: true };
}

/** Stands in for the page's bridge, without a worker. */
export const bridge: AppBridge = {
  dispatch: <T>(command: UiCommand) => Promise.resolve(answer(command) as Result<T>),
  view: (key) => store.actor(key),
  openBytes: () => ({
    onMessage(listener) {
      const bytes = new TextEncoder().encode(screenText);
      listener({ t: "begin", stream: "s", pos: 0, clear: true } satisfies BytesToPage);
      listener({ t: "out", pos: 0, body: bytes.slice().buffer, replay: false } satisfies BytesToPage);
      return () => undefined;
    },
    send: () => undefined,
    applied: () => undefined,
    close: () => undefined,
  }),
  start: () => undefined,
  restart: () => undefined,
  stop: () => undefined,
};

export const startBridge = (): AppBridge => bridge;
