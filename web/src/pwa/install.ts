import { createStore } from "./store.ts";

/** Chromium's event; not in the standard library's types. */
type InstallPromptEvent = Event & { prompt(): Promise<{ outcome: "accepted" | "dismissed" }> };

/** How the app can be installed here: by the browser's prompt, by hand, not at all, or it is already [U94]. */
export type InstallState = "prompt" | "by_hand" | "none" | "installed";

const state = createStore<InstallState>("none");
let prompt: InstallPromptEvent | undefined;

export const installState = { get: state.get, subscribe: state.subscribe };

/** Listens for the browser's offer; call once, early, since the offer comes only once. */
export function watchInstall(view: Window): void {
  const standalone = view.matchMedia("(display-mode: standalone)").matches || "standalone" in view.navigator;
  if (view.matchMedia("(display-mode: standalone)").matches) state.set("installed");
  // Safari on iPadOS has `navigator.standalone` and no prompt: there the steps are drawn.
  else if (standalone) state.set("by_hand");
  view.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    prompt = event as InstallPromptEvent;
    state.set("prompt");
  });
  view.addEventListener("appinstalled", () => {
    prompt = undefined;
    state.set("installed");
  });
}

/** Shows the browser's own prompt; must be called from a tap. */
export async function promptInstall(): Promise<void> {
  const event = prompt;
  if (event === undefined) return;
  prompt = undefined;
  const { outcome } = await event.prompt();
  state.set(outcome === "accepted" ? "installed" : "none");
}
