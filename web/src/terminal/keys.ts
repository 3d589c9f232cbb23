/** Keys that have a name instead of a character. */
export type KeyName =
  | "Enter"
  | "Tab"
  | "Escape"
  | "Backspace"
  | "Delete"
  | "Insert"
  | "ArrowUp"
  | "ArrowDown"
  | "ArrowRight"
  | "ArrowLeft"
  | "Home"
  | "End"
  | "PageUp"
  | "PageDown"
  | `F${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12}`;

/** Modifiers of one key press. Cmd (Meta) never reaches a device: it belongs to the app [U27]. */
export type Modifiers = { ctrl: boolean; alt: boolean; shift: boolean };

/** What is pressed: a named key, or the characters it writes. */
export type Key = { name: KeyName } | { text: string };

/** What of the terminal's state changes the bytes of a key. */
export type KeyModes = {
  /** DECCKM: arrows, Home and End take their `ESC O` form. */
  applicationCursor: boolean;
  /** What the device wants for Backspace. */
  backspace: "del" | "bs";
};

/** No modifier. */
export const PLAIN: Modifiers = { ctrl: false, alt: false, shift: false };
