/** From the first screen on, milliseconds: it is shown and at rest by then. */
const PREFETCH_MS = 2_000;

/** What a device's workspace is made of; the list of devices does without. */
export async function loadWorkspace() {
  return { default: (await import("../device/workspace.tsx")).Workspace };
}

/**
 * Brings what opening a device needs while nobody waits for it: the workspace, and the terminal with xterm.js in it. A load
 * that fails is told where it is needed. Returns how to call it off.
 */
export function prefetchWorkspace(): () => void {
  let idle: number | undefined;
  const load = (): void => {
    void loadWorkspace().catch(() => undefined);
    void import("../terminal/terminal-pane.tsx").catch(() => undefined);
  };
  const timer = setTimeout(() => {
    // Safari has no idle callbacks.
    if ("requestIdleCallback" in window) idle = window.requestIdleCallback(load);
    else load();
  }, PREFETCH_MS);
  return () => {
    clearTimeout(timer);
    if (idle !== undefined) window.cancelIdleCallback(idle);
  };
}
