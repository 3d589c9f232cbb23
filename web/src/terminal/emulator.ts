import type { Terminal } from "@xterm/xterm";
import type { SinkTerminal } from "./byte-sink.ts";
import { capClusters } from "./cluster-cap.ts";
import type { KeyName } from "./keys.ts";
import { watchLinks } from "./link-sheet-source.ts";
import { guardModes } from "./mode-guards.ts";
import { registerQueryReplies } from "./query-replies.ts";
import type { TerminalState } from "./terminal-handle.ts";

/** Lines that the wheel moves in a program that fills the screen and knows no mouse. */
const WHEEL_ARROWS = 3;
const LINK_REFUSED = "This link cannot be opened: only plain http and https links can.";

export type EmulatorDeps = {
  reportsAllowed: () => boolean;
  reply: (text: string) => void;
  /** Mouse and focus reports of the person, already allowed. */
  report: (text: string) => void;
  key: (name: KeyName) => void;
  /** The device's words for the clipboard [S85]. */
  clipboard: (data: string) => void;
  /** The text before the cursor is a prompt, says the device. */
  prompt: (text: string) => void;
  publish: (changes: Partial<TerminalState>) => void;
};

/** Puts our rules into a new emulator: answers, reports, titles, links, wheel; its own keyboard stays silent. */
export function setUpEmulator(terminal: Terminal, deps: EmulatorDeps): void {
  const { buffer } = terminal;
  capClusters(terminal);
  guardModes(terminal, deps.reportsAllowed);
  registerQueryReplies(terminal.parser, {
    cursor: () => ({ row: buffer.active.cursorY + 1, column: buffer.active.cursorX + 1 }),
    modes: () => terminal.modes,
    alternateScreen: () => buffer.active.type === "alternate",
    reply: deps.reply,
    title: (title) => deps.publish({ title }),
    clipboard: deps.clipboard,
    promptMark: (mark) => {
      if (mark !== "B") return;
      const { active } = buffer;
      deps.prompt(active.getLine(active.baseY + active.cursorY)?.translateToString(false, 0, active.cursorX) ?? "");
    },
  });
  terminal.attachCustomKeyEventHandler(() => false);
  const report = (text: string) => {
    if (deps.reportsAllowed()) deps.report(text);
  };
  terminal.onData(report);
  terminal.onSelectionChange(() =>
    deps.publish({ hasSelection: terminal.hasSelection(), selectedWord: oneWord(terminal) }),
  );
  watchLinks(terminal, (link) => deps.publish(link === undefined ? { notice: LINK_REFUSED } : { link }));
  terminal.attachCustomWheelEventHandler((event) => {
    if (buffer.active.type !== "alternate" || terminal.modes.mouseTrackingMode !== "none") return true;
    if (event.deltaY === 0) return false;
    for (let n = 0; n < WHEEL_ARROWS; n++) deps.key(event.deltaY < 0 ? "ArrowUp" : "ArrowDown");
    return false;
  });
}

/** The emulator's helper field never keeps the focus: ours does the reading [U24]. Call it once it is drawn. */
export function silenceHelperField(terminal: Terminal, focusOurs: () => void): void {
  const { textarea } = terminal;
  if (textarea === undefined) return;
  textarea.tabIndex = -1;
  textarea.inputMode = "none";
  textarea.setAttribute("aria-hidden", "true");
  // The cursor is drawn only after the helper field had the focus once; this says so without moving the real focus.
  textarea.dispatchEvent(new FocusEvent("focus"));
  textarea.dispatchEvent(new FocusEvent("blur"));
  textarea.addEventListener("focus", focusOurs);
}

/** The emulator as the byte sink sees it. */
export function sinkTerminal(terminal: Terminal): SinkTerminal {
  return {
    write: (data, parsed) => terminal.write(data, parsed),
    resize: (cols, rows) => terminal.resize(cols, rows),
    reset: () => terminal.reset(),
    get cols() {
      return terminal.cols;
    },
    get cursorColumn() {
      return terminal.buffer.active.cursorX;
    },
    get alternateScreen() {
      return terminal.buffer.active.type === "alternate";
    },
  };
}

/** Longest name or address that a device prints, characters. */
const WORD_CHARS = 64;

/** The selection when it is one word: what else is selected can only be copied. A long selection is not even read. */
function oneWord(terminal: Terminal): string | undefined {
  const place = terminal.getSelectionPosition();
  if (place === undefined || place.end.y - place.start.y > 1) return undefined;
  const word = terminal.getSelection().trim();
  return word !== "" && word.length <= WORD_CHARS && !/\s/.test(word) ? word : undefined;
}
