import type { Terminal } from "@xterm/xterm";
import { wordAt } from "./copy-text.ts";
import { TouchGestures } from "./touch-gestures.ts";

export type TouchDeps = {
  terminal: Terminal;
  /** The element that the terminal draws into. */
  screen: HTMLElement;
  pinch: (scale: number, done: boolean) => void;
};

/** `stop` ends a movement under way, such as coasting; `dispose` ends the watching. */
export type TouchWiring = { stop: () => void; dispose: () => void };

/** Cell under a point of the page, with the absolute row. */
function cellAt(terminal: Terminal, screen: HTMLElement, x: number, y: number): { column: number; row: number } {
  const box = (screen.querySelector(".xterm-screen") ?? screen).getBoundingClientRect();
  const clamp = (n: number, max: number) => Math.max(0, Math.min(max, Math.floor(n)));
  return {
    column: clamp(((x - box.left) / box.width) * terminal.cols, terminal.cols - 1),
    row: clamp(((y - box.top) / box.height) * terminal.rows, terminal.rows - 1) + terminal.buffer.active.viewportY,
  };
}

/** Fingers on the terminal: scroll, select, pinch. Mouse and pen stay with the terminal itself [section 7]. */
export function wireTouch({ terminal, screen, pinch }: TouchDeps): TouchWiring {
  let rest = 0;
  let anchor: { column: number; row: number } | undefined;
  let moved = false;
  const gestures = new TouchGestures(
    {
      scroll(pixels) {
        moved = true;
        // In the alternate screen there is nothing to scroll back to, and keys are never made up.
        if (terminal.buffer.active.type === "alternate") return;
        rest -= pixels / (screen.clientHeight / terminal.rows);
        const lines = Math.trunc(rest);
        rest -= lines;
        if (lines !== 0) terminal.scrollLines(lines);
      },
      selectWord(x, y) {
        moved = true;
        const { column, row } = cellAt(terminal, screen, x, y);
        const line = terminal.buffer.active.getLine(row)?.translateToString(false) ?? "";
        const word = wordAt(line, column) ?? { start: column, length: 1 };
        anchor = { column: word.start, row };
        terminal.select(word.start, row, word.length);
        navigator.vibrate?.(10);
      },
      extendSelection(x, y) {
        if (anchor === undefined) return;
        const to = cellAt(terminal, screen, x, y);
        const offset = (cell: { column: number; row: number }) => cell.row * terminal.cols + cell.column;
        const [first, last] = offset(anchor) <= offset(to) ? [anchor, to] : [to, anchor];
        terminal.select(first.column, first.row, offset(last) - offset(first) + 1);
      },
      pinch(scale, done) {
        moved = true;
        pinch(scale, done);
      },
    },
    {
      schedule(ms, run) {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
      frame(run) {
        const id = requestAnimationFrame(run);
        return () => cancelAnimationFrame(id);
      },
    },
  );
  const stop = new AbortController();
  const on = <K extends keyof HTMLElementEventMap>(type: K, run: (event: HTMLElementEventMap[K]) => void) =>
    screen.addEventListener(type, run, { signal: stop.signal, passive: false });
  on("pointerdown", (event) => {
    if (event.pointerType !== "touch") return;
    if (event.isPrimary) moved = false;
    gestures.down(event.pointerId, event.clientX, event.clientY, event.timeStamp);
  });
  on("pointermove", (event) => gestures.move(event.pointerId, event.clientX, event.clientY, event.timeStamp));
  on("pointerup", (event) => gestures.up(event.pointerId, event.timeStamp, false));
  on("pointercancel", (event) => gestures.up(event.pointerId, event.timeStamp, true));
  // After a gesture the browser would still make up a click, which would end the selection.
  on("touchend", (event) => {
    if (moved && event.cancelable) event.preventDefault();
  });
  on("contextmenu", (event) => {
    if (moved) event.preventDefault();
  });
  return {
    stop: () => gestures.stop(),
    dispose() {
      gestures.stop();
      stop.abort();
    },
  };
}
