/** A key as the line editor understands it; `char` carries the text typed. */
export type Key =
  | { name: "char"; text: string }
  | {
      name:
        | "enter"
        | "tab"
        | "backspace"
        | "delete"
        | "left"
        | "right"
        | "up"
        | "down"
        | "home"
        | "end"
        | "kill-line"
        | "kill-to-end"
        | "kill-word"
        | "word-left"
        | "word-right"
        | "delete-word"
        | "redraw"
        | "transpose"
        | "interrupt"
        | "end-config"
        | "break"
        | "unknown";
    };

const CONTROL: Readonly<Record<number, Key["name"]>> = {
  1: "home",
  2: "left",
  3: "interrupt",
  4: "delete",
  5: "end",
  6: "right",
  8: "backspace",
  9: "tab",
  10: "enter",
  11: "kill-to-end",
  12: "redraw",
  13: "enter",
  14: "down",
  16: "up",
  18: "redraw",
  20: "transpose",
  21: "kill-line",
  23: "kill-word",
  24: "kill-line",
  26: "end-config",
  30: "break",
  127: "backspace",
};

const SEQUENCES: Readonly<Record<string, Key["name"]>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  H: "home",
  F: "end",
  "1~": "home",
  "4~": "end",
  "3~": "delete",
  "7~": "home",
  "8~": "end",
};

const META: Readonly<Record<string, Key["name"]>> = {
  b: "word-left",
  f: "word-right",
  d: "delete-word",
  "\u007f": "kill-word",
};

function named(name: Key["name"] | undefined): Key {
  return name === undefined || name === "char" ? { name: "unknown" } : { name };
}

/** Turns bytes into keys; sequences and letters may be split between chunks. */
export class KeyDecoder {
  readonly #text = new TextDecoder("utf-8", { ignoreBOM: true });
  #escape = "";
  #wasReturn = false;

  decode(bytes: Uint8Array): Key[] {
    const keys: Key[] = [];
    for (const char of this.#text.decode(bytes, { stream: true })) {
      const key = this.#one(char);
      if (key !== undefined) keys.push(key);
    }
    return keys;
  }

  #one(char: string): Key | undefined {
    if (this.#escape !== "") return this.#inEscape(char);
    const code = char.charCodeAt(0);
    // CR LF and CR NUL are one Enter.
    const wasReturn = this.#wasReturn;
    this.#wasReturn = code === 13;
    if (wasReturn && (code === 10 || code === 0)) return undefined;
    if (code === 27) {
      this.#escape = char;
      return undefined;
    }
    if (code < 32 || code === 127) return named(CONTROL[code]);
    return { name: "char", text: char };
  }

  #inEscape(char: string): Key | undefined {
    this.#escape += char;
    const body = this.#escape.slice(1);
    if (body === "[" || body === "O") return undefined;
    if (body.startsWith("[") || body.startsWith("O")) {
      const isOpen = /[\d;]$/u.test(body) && body.length < 12;
      if (isOpen) return undefined;
      this.#escape = "";
      return named(SEQUENCES[body.slice(1)]);
    }
    this.#escape = "";
    return named(META[body]);
  }
}
