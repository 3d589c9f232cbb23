import { type AppBridge, createBridge } from "./create-bridge.ts";

export type { AppBridge } from "./create-bridge.ts";

import { watchActivity } from "./activity-events.ts";
import { watchPresence } from "./presence-events.ts";

/** This page, for as long as it lives: in memory alone, so that a duplicated tab has another [U97]. */
const PAGE = `rackside ${crypto.getRandomValues(new Uint32Array(4)).join("-")}`;

/** The app's bridge. Views may be subscribed and commands dispatched before {@link startBridge}; they wait. */
export const bridge: AppBridge = createBridge({
  spawn: () =>
    new Worker(new URL("../workers/session-host.worker.ts", import.meta.url), { type: "module", name: PAGE }),
  now: () => performance.now(),
  every(ms, run) {
    const timer = setInterval(run, ms);
    return () => clearInterval(timer);
  },
  channel: () => new MessageChannel(),
});

let started = false;
let asked = false;

/** Only a page can ask that storage be kept; the first open session is when it begins to matter. */
function keepStorage(): void {
  const opened = bridge.view("catalog").subscribe((catalog) => {
    if (asked || catalog === undefined || catalog.open.length === 0) return;
    asked = true;
    opened.unsubscribe();
    // A refusal is no error: the worker looks at what was decided and says so.
    navigator.storage?.persist().catch(() => false);
  });
}

/** Starts the worker and tells it about the page's visibility; call once, before the first render. */
export function startBridge(): AppBridge {
  if (!started) {
    started = true;
    bridge.start();
    watchPresence(document, window, bridge);
    watchActivity(window, bridge, () => performance.now());
    keepStorage();
  }
  return bridge;
}
