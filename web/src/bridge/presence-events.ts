import type { PresenceCommand } from "#protocol/local-messages.ts";
import { commands } from "./commands.ts";
import type { AppBridge } from "./create-bridge.ts";

type PresenceEvent = PresenceCommand["payload"]["event"];

/** Tells the worker what only a page knows: visible, online, frozen, back from the cache [section 11]. */
export function watchPresence(page: Document, view: Window, bridge: Pick<AppBridge, "dispatch" | "view">): () => void {
  const tell = (event: PresenceEvent): void => {
    const visible = page.visibilityState === "visible" && event !== "pagehide" && event !== "freeze";
    void bridge.dispatch(commands.presence({ visible, online: view.navigator.onLine, event }));
  };
  const on: [EventTarget, string, () => void][] = [
    [page, "visibilitychange", () => tell("visibility")],
    [page, "freeze", () => tell("freeze")],
    [page, "resume", () => tell("resume")],
    [view, "pageshow", () => tell("pageshow")],
    [view, "pagehide", () => tell("pagehide")],
    [view, "online", () => tell("online")],
    [view, "offline", () => tell("online")],
  ];
  for (const [target, type, listener] of on) target.addEventListener(type, listener);
  tell("visibility");
  // A replaced worker has to be told again.
  const replaced = bridge.view("worker").subscribe((worker) => {
    if (worker?.phase === "replacing") tell("visibility");
  });
  return () => {
    for (const [target, type, listener] of on) target.removeEventListener(type, listener);
    replaced.unsubscribe();
  };
}
