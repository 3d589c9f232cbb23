import type { Key, KeyModes, KeyName, Modifiers } from "./keys.ts";

const ESC = "\x1b";

/** Keys with the form `CSI letter`, in application cursor mode `SS3 letter` (DEC STD 070, xterm "PC-Style Function Keys"). */
const CURSOR_KEYS: Partial<Record<KeyName, string>> = {
  ArrowUp: "A",
  ArrowDown: "B",
  ArrowRight: "C",
  ArrowLeft: "D",
  Home: "H",
  End: "F",
};
/** Keys with the form `SS3 letter`, with modifiers `CSI 1 ; m letter`. */
const SS3_KEYS: Partial<Record<KeyName, string>> = { F1: "P", F2: "Q", F3: "R", F4: "S" };
/** Keys with the form `CSI number ~`. */
const TILDE_KEYS: Partial<Record<KeyName, number>> = {
  Insert: 2,
  Delete: 3,
  PageUp: 5,
  PageDown: 6,
  F5: 15,
  F6: 17,
  F7: 18,
  F8: 19,
  F9: 20,
  F10: 21,
  F11: 23,
  F12: 24,
};

/** xterm's modifier parameter: 1 plus 1 for Shift, 2 for Alt, 4 for Ctrl. */
function modifierParameter(mods: Modifiers): number {
  return 1 + (mods.shift ? 1 : 0) + (mods.alt ? 2 : 0) + (mods.ctrl ? 4 : 0);
}

/** Control codes of characters beyond Ctrl-@..Ctrl-_: what terminals agreed on for digits, space, `?` and `/`. */
const EXTRA_CONTROLS: Readonly<Record<string, string>> = {
  " ": "\x00",
  "2": "\x00",
  "3": "\x1b",
  "4": "\x1c",
  "5": "\x1d",
  "6": "\x1e",
  "7": "\x1f",
  "8": "\x7f",
  "/": "\x1f",
  "-": "\x1f",
  "?": "\x7f",
};

/**
 * The control code of Ctrl plus a character: all of Ctrl-@, A..Z, `[ \ ] ^ _` [U27]; undefined when there is none.
 * Letters count in either case, so Ctrl-Shift-C of a sticky pair is still Ctrl-C.
 */
export function controlCode(character: string): string | undefined {
  const upper = character.toUpperCase();
  if (upper.length === 1 && upper >= "@" && upper <= "_") return String.fromCharCode(upper.charCodeAt(0) & 0x1f);
  return EXTRA_CONTROLS[character];
}

/**
 * Bytes of a key as a string whose characters are sent as UTF-8 [section 4 of the terminal design].
 * A character that Ctrl has no code for is sent plain: a key that does nothing would look like a dead session.
 */
export function encodeKey(key: Key, mods: Modifiers, modes: KeyModes): string {
  return "name" in key ? encodeNamed(key.name, mods, modes) : encodeText(key.text, mods);
}

function encodeText(text: string, mods: Modifiers): string {
  const plain = mods.ctrl ? (controlCode(text) ?? text) : text;
  const shifted = mods.shift && !mods.ctrl ? plain.toUpperCase() : plain;
  return mods.alt ? `${ESC}${shifted}` : shifted;
}

function encodeNamed(name: KeyName, mods: Modifiers, modes: KeyModes): string {
  const modified = mods.ctrl || mods.alt || mods.shift;
  const cursor = CURSOR_KEYS[name];
  if (cursor !== undefined) {
    if (modified) return `${ESC}[1;${modifierParameter(mods)}${cursor}`;
    return modes.applicationCursor ? `${ESC}O${cursor}` : `${ESC}[${cursor}`;
  }
  const ss3 = SS3_KEYS[name];
  if (ss3 !== undefined) return modified ? `${ESC}[1;${modifierParameter(mods)}${ss3}` : `${ESC}O${ss3}`;
  const tilde = TILDE_KEYS[name];
  if (tilde !== undefined) return modified ? `${ESC}[${tilde};${modifierParameter(mods)}~` : `${ESC}[${tilde}~`;
  return encodeEditing(name, mods, modes);
}

/** Enter is always CR; Alt puts ESC before what the key sends without it. */
function encodeEditing(name: KeyName, mods: Modifiers, modes: KeyModes): string {
  const meta = mods.alt ? ESC : "";
  switch (name) {
    case "Enter":
      return `${meta}\r`;
    case "Tab":
      return mods.shift ? `${ESC}[Z` : `${meta}\t`;
    case "Escape":
      return `${meta}${ESC}`;
    case "Backspace": {
      const [plain, other] = modes.backspace === "del" ? ["\x7f", "\b"] : ["\b", "\x7f"];
      return `${meta}${mods.ctrl ? other : plain}`;
    }
    default:
      return "";
  }
}
