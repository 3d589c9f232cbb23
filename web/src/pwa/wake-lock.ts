import { createStore } from "./store.ts";

/** Whether the screen is kept on: `refused` says why in `why`; some home-screen apps lack it [U72]. */
export type WakeState = { phase: "off" | "held" | "refused" | "missing"; why?: string };

const state = createStore<WakeState>({ phase: "off" });
export const wakeState = { get: state.get, subscribe: state.subscribe };

let wanted = false;
let lock: WakeLockSentinel | undefined;
let asking = false;

async function take(): Promise<void> {
  if (!("wakeLock" in navigator)) {
    state.set({ phase: "missing" });
    return;
  }
  if (!wanted || lock !== undefined || asking || document.visibilityState !== "visible") return;
  asking = true;
  try {
    const taken = await navigator.wakeLock.request("screen");
    lock = taken;
    state.set({ phase: "held" });
    taken.addEventListener("release", () => {
      lock = undefined;
      state.set({ phase: "off" });
    });
    if (!wanted) await taken.release();
  } catch (cause) {
    state.set({ phase: "refused", why: cause instanceof Error ? cause.message : "unknown cause" });
  } finally {
    asking = false;
  }
}

/** Keeps the screen on while `want`; the browser drops it with the page's visibility and it is taken again then. */
export function keepAwake(want: boolean): void {
  wanted = want;
  if (want) void take();
  else void lock?.release();
}

/** Takes the lock again when the page comes back; call once. */
export function watchWakeLock(page: Document): void {
  page.addEventListener("visibilitychange", () => void take());
}
