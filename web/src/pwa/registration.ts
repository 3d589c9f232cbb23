import { registerSW } from "virtual:pwa-register";
import { createStore } from "./store.ts";

/** Whether this tablet can start without the proxy, and whether a newer version waits for a tap [U95]. */
export type UpdateState = { phase: "none" | "offline_ready" | "update_ready" | "failed"; why?: string };

const state = createStore<UpdateState>({ phase: "none" });
/** How often a page that stays open asks for a newer version. */
const CHECK_EVERY_MS = 60 * 60_000;

let apply: (() => Promise<void>) | undefined;

export const updateState = {
  get: state.get,
  subscribe: state.subscribe,
};

/** Registers the service worker. A newer version is announced and never applied by itself [U95]. */
export function startServiceWorker(): void {
  if (!("serviceWorker" in navigator)) return;
  const update = registerSW({
    onNeedRefresh: () => state.set({ phase: "update_ready" }),
    onOfflineReady: () => {
      if (state.get().phase === "none") state.set({ phase: "offline_ready" });
    },
    onRegisterError: (cause) => {
      state.set({ phase: "failed", why: cause instanceof Error ? cause.message : "unknown cause" });
    },
    onRegisteredSW: (_address, registration) => {
      if (registration === undefined) return;
      setInterval(() => {
        if (navigator.onLine) void registration.update().catch(() => undefined);
      }, CHECK_EVERY_MS);
    },
  });
  apply = () => update(true);
}

/** The person said so: the new version takes over and the page starts again; sessions resume. */
export async function applyUpdate(): Promise<void> {
  await apply?.();
}
