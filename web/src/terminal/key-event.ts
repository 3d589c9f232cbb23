import { type Key, type KeyName, type Modifiers, PLAIN } from "./keys.ts";

/** The fields of a KeyboardEvent that decide what it means. */
export type KeyEventLike = {
  key: string;
  code: string;
  ctrlKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  metaKey: boolean;
  isComposing: boolean;
  /** `keyCode` is 229: the keyboard says that the input event has the meaning [U25]. The code is used for nothing else. */
  is229: boolean;
  /** `getModifierState("AltGraph")`. */
  altGraph: boolean;
  /** Apple keyboards: Cmd belongs to the app, Option writes characters [U27]. */
  apple: boolean;
};

/**
 * What a key press means: `send` it to the device now; `text`: leave it to the field, whose input event will carry
 * the characters; `ignore` it; `app`: a shortcut of the app or the browser, never sent.
 */
export type KeyMeaning = { kind: "send"; key: Key; mods: Modifiers } | { kind: "text" | "ignore" | "app" };

const NAMED = new Set<string>(
  "Enter Tab Escape Backspace Delete Insert ArrowUp ArrowDown ArrowRight ArrowLeft Home End PageUp PageDown".split(" "),
);
for (let n = 1; n <= 12; n++) NAMED.add(`F${n}`);

/** Characters of the physical keys, for layouts that write no Latin letters [U27]. */
function characterOfCode(code: string): string | undefined {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter !== undefined) return letter.toLowerCase();
  const digit = /^Digit([0-9])$/.exec(code)?.[1];
  if (digit !== undefined) return digit;
  return CODES[code];
}
const CODES: Readonly<Record<string, string>> = {
  BracketLeft: "[",
  BracketRight: "]",
  Backslash: "\\",
  Minus: "-",
  Slash: "/",
  Space: " ",
};

/** A single character in ASCII, which is all that Ctrl can have a code for. */
function isAsciiCharacter(key: string): boolean {
  return key.length === 1 && key >= " " && key <= "~";
}

/** Ctrl-Shift with these is copy, paste, search and palette, as in other terminals; Ctrl alone goes to the device. */
const APP_CODES = new Set(["KeyC", "KeyV", "KeyF", "KeyK"]);

/** F6 and Shift-F6 move between regions [U86]. */
function isAppKey(event: KeyEventLike): boolean {
  if (event.key === "F6") return !event.ctrlKey;
  return event.ctrlKey && event.shiftKey && !event.altKey && APP_CODES.has(event.code);
}

/** Reads a key press. Characters come from `key`, with `code` for layouts without Latin letters [U27]. */
export function readKeyEvent(event: KeyEventLike): KeyMeaning {
  if (event.isComposing || event.is229 || event.key === "Process" || event.key === "Dead") return { kind: "ignore" };
  // Soft keyboards announce text this way; the field's input event has it [U25].
  if (event.key === "" || event.key === "Unidentified") return { kind: "ignore" };
  if (event.metaKey) return readMeta(event);
  const mods: Modifiers = { ctrl: event.ctrlKey, alt: event.altKey, shift: event.shiftKey };
  if (isAppKey(event)) return { kind: "app" };
  if (event.key === "F6" && mods.ctrl && mods.shift) return { kind: "send", key: { name: "F6" }, mods: PLAIN };
  if (NAMED.has(event.key)) return { kind: "send", key: { name: event.key as KeyName }, mods };
  if (event.key.length > 2) return { kind: "ignore" };
  // AltGraph is reported as Ctrl+Alt on Windows: it chooses a character and is no modifier of it [U27].
  if (event.altGraph) return { kind: "text" };
  if (event.ctrlKey) return readControl(event, mods);
  if (event.altKey) return event.apple ? { kind: "text" } : readAlt(event, mods);
  return { kind: "text" };
}

/** Cmd-. is Escape on keyboards without Esc; everything else with Cmd is the app's or the browser's [U27]. */
function readMeta(event: KeyEventLike): KeyMeaning {
  if (event.apple && event.key === "." && !event.ctrlKey) {
    return { kind: "send", key: { name: "Escape" }, mods: PLAIN };
  }
  return { kind: "app" };
}

function readControl(event: KeyEventLike, mods: Modifiers): KeyMeaning {
  if (isAsciiCharacter(event.key)) return { kind: "send", key: { text: event.key }, mods: { ...mods, shift: false } };
  // An iPad reports some hardware combinations as the control character itself.
  const code = event.key.charCodeAt(0);
  if (event.key.length === 1 && code < 0x20) {
    return { kind: "send", key: { text: event.key }, mods: { ctrl: false, alt: mods.alt, shift: false } };
  }
  const fallback = characterOfCode(event.code);
  if (fallback === undefined) return { kind: "ignore" };
  return { kind: "send", key: { text: fallback }, mods: { ...mods, shift: false } };
}

/** Alt as Meta. A character beyond ASCII was chosen by the layout and is text. */
function readAlt(event: KeyEventLike, mods: Modifiers): KeyMeaning {
  if (!isAsciiCharacter(event.key)) return { kind: "text" };
  return { kind: "send", key: { text: event.key }, mods: { ...mods, shift: false } };
}
