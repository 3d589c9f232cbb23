import type { AppBridge } from "./create-bridge.ts";
import { secretCommands } from "./secret-commands.ts";

/** Often enough for a lock that comes after minutes, and seldom enough to cost nothing. */
const EVERY_MS = 20_000;

/** Tells the worker that the person does something: an open vault stays open as long [S70]. */
export function watchActivity(
  target: EventTarget,
  bridge: Pick<AppBridge, "dispatch" | "view">,
  now: () => number,
): void {
  let told = Number.NEGATIVE_INFINITY;
  const tell = (): void => {
    if (now() - told < EVERY_MS || bridge.view("vault").getSnapshot()?.phase !== "unlocked") return;
    told = now();
    void bridge.dispatch(secretCommands.activity());
  };
  for (const type of ["pointerdown", "keydown", "wheel", "touchmove"]) {
    target.addEventListener(type, tell, { capture: true, passive: true });
  }
}
