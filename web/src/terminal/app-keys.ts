import type { Terminal } from "@xterm/xterm";

/** The fields of a KeyboardEvent that choose a key of the app. */
export type AppKeyEvent = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "shiftKey" | "altKey" | "metaKey">;
export type AppKeyTarget = {
  terminal: Pick<Terminal, "buffer" | "scrollPages" | "scrollToTop" | "scrollToBottom">;
  copy(): void;
  search(): void;
  /** The person moved through what was. */
  scrolled(): void;
};

/** Keys that act here and are never sent, as in other terminals. True when the key was one of them. */
export function appKey(event: AppKeyEvent, target: AppKeyTarget): boolean {
  if (!event.shiftKey || event.altKey || event.metaKey) return false;
  return event.ctrlKey ? command(event.code, target) : scroll(event.key, target);
}

function command(code: string, target: AppKeyTarget): boolean {
  if (code === "KeyC") target.copy();
  else if (code === "KeyF") target.search();
  else return false;
  return true;
}

/**
 * What was can be read without a pointer. A full-screen program has nothing above it, and gets its keys; in the normal
 * screen the bar's Shift brings them to the device [U90].
 */
function scroll(key: string, target: AppKeyTarget): boolean {
  const { terminal } = target;
  if (terminal.buffer.active.type === "alternate") return false;
  if (key === "PageUp") terminal.scrollPages(-1);
  else if (key === "PageDown") terminal.scrollPages(1);
  else if (key === "Home") terminal.scrollToTop();
  else if (key === "End") terminal.scrollToBottom();
  else return false;
  target.scrolled();
  return true;
}
