import type { Terminal } from "@xterm/xterm";
import type { TerminalSurface } from "./terminal-surface.ts";

/**
 * What a pinch does: while it lasts the picture is scaled and nothing is fitted; at its end the text size is chosen once,
 * for every terminal [U34].
 */
export function pinchZoom(
  terminal: Terminal,
  { screen, fit }: Pick<TerminalSurface, "screen" | "fit">,
  chosen: (px: number) => void,
): (scale: number, done: boolean) => void {
  let startSize = terminal.options.fontSize ?? 0;
  let pinching = false;
  return (scale, done) => {
    if (!pinching) {
      pinching = true;
      startSize = terminal.options.fontSize ?? startSize;
      fit.hold();
    }
    screen.style.transform = done ? "" : `scale(${scale})`;
    if (!done) return;
    pinching = false;
    chosen(startSize * scale);
    fit.release();
  };
}
