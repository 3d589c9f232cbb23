import type { LineStart } from "#protocol/page/wal.ts";
import { CharacterStyle } from "./terminal-log-sgr.ts";

/** Where a log may begin, with the size in force there. */
export type LogStart = LineStart & { cols: number; rows: number };

const GROUND = 0;
const ESCAPE = 1;
/** `ESC ( X` and its like: waits for the final byte. */
const ESCAPE_MORE = 2;
const CSI = 3;
const OSC = 4;
/** DCS, SOS, PM, APC: skipped up to their end. */
const STRING = 5;

const ESC = 0x1b;
const LF = 0x0a;
const CR = 0x0d;
const BEL = 0x07;
const CAN = 0x18;
const SUB = 0x1a;
/** First byte of U+0080..U+00BF: the 8-bit control characters as UTF-8 carries them. */
const C1_LEAD = 0xc2;

/** Longest sequence that is looked at; what is longer says nothing about modes. */
const SEQUENCE_MAX_CHARS = 512;
/** Private modes that are kept; those of mouse and focus too, since a replay decides about them by itself [S82]. */
const MODES: ReadonlySet<number> = new Set([
  1, 6, 7, 9, 25, 45, 66, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 2004,
]);
const ON_BY_DEFAULT: ReadonlySet<number> = new Set([7, 25]);
/** Modes that a soft reset leaves alone. */
const OUTLIVE_SOFT_RESET: ReadonlySet<number> = new Set([9, 1000, 1002, 1003, 1005, 1006, 1015, 1016]);
const ALTERNATE: ReadonlySet<number> = new Set([47, 1047, 1049]);
/** CSI finals that may move the cursor up or to a line of the screen. */
const MOVES = new Set("AEFHdfru");

/**
 * Follows a terminal's output as far as it takes to know where a log may begin [WP30]: line starts in the main buffer and
 * the modes in force there. It is no emulator: it knows no cursor, only that enough line feeds lead to the last row. Tab
 * stops, saved cursors and titles are not followed; a line start inside a scroll region or a link is none.
 */
export class TerminalModes {
  readonly #step: number;
  #state = GROUND;
  #last = 0;
  #lead = false;
  #text = "";
  #introducer = "";
  #style = new CharacterStyle();
  #modes = new Map<number, boolean>();
  #alternate = false;
  #insert = false;
  #newline = false;
  #charsets = new Map<string, string>();
  #shifted = false;
  #cursorStyle = "";
  #region = false;
  #link = false;
  /** Line feeds since the cursor was moved in any other way. */
  #feeds = 0;
  #size: { cols: number; rows: number };
  #lineStarts: LogStart[] = [];
  #screenStarts: LogStart[] = [];

  /** `step`: bytes between two starts that are kept. */
  constructor({ cols, rows }: { cols: number; rows: number }, step: number) {
    this.#size = { cols, rows };
    this.#step = step;
  }

  /** Line starts in the main buffer, in order, at least a step apart. */
  get lineStarts(): readonly LogStart[] {
    return this.#lineStarts;
  }

  /** Places in the alternate buffer at which a full-screen program begins to draw from the top. */
  get screenStarts(): readonly LogStart[] {
    return this.#screenStarts;
  }

  /** Starts below `pos` are of no use any more. */
  forget(pos: number): void {
    this.#lineStarts = this.#lineStarts.filter((start) => start.pos > pos);
    this.#screenStarts = this.#screenStarts.filter((start) => start.pos > pos);
  }

  resized(cols: number, rows: number): void {
    this.#size = { cols, rows };
    this.#region = false;
    this.#feeds = 0;
  }

  /** Output from `pos` on, in order and without holes. */
  feed(pos: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (this.#state === GROUND && byte >= 0x20 && byte !== C1_LEAD && !this.#lead) this.#last = byte;
      else this.#byte(byte, pos + at + 1);
    }
  }

  /** `next`: position after the byte. */
  #byte(byte: number, next: number): void {
    if (this.#lead) {
      this.#lead = false;
      if (byte < 0xa0) this.#byte8(byte, next);
      else if (this.#state === CSI || this.#state === ESCAPE) this.#state = GROUND;
      return;
    }
    if (byte === C1_LEAD) this.#lead = true;
    else if (byte === ESC) {
      // The end of a string is ESC \, of which the backslash then says nothing.
      this.#endString();
      this.#begin(ESCAPE);
    } else if (byte === CAN || byte === SUB) this.#state = GROUND;
    else if (this.#state === GROUND) this.#control(byte, next);
    else if (this.#state === OSC && byte === BEL) {
      this.#endString();
      this.#state = GROUND;
    } else if (byte >= 0x20) this.#sequence(byte, next);
    this.#last = byte;
  }

  #byte8(byte: number, next: number): void {
    // ECMA-48: each is ESC followed by the byte less 0x40.
    if (this.#state === OSC || this.#state === STRING) {
      if (byte !== 0x9c) return;
      this.#endString();
      this.#state = GROUND;
      return;
    }
    this.#begin(ESCAPE);
    this.#sequence(byte - 0x40, next);
  }

  #control(byte: number, next: number): void {
    if (byte === LF || byte === 0x0b || byte === 0x0c) this.#feeds++;
    else if (byte === 0x0e) this.#shifted = true;
    else if (byte === 0x0f) this.#shifted = false;
    const lineStart = (byte === LF && this.#last === CR) || (byte === CR && this.#last === LF);
    if (lineStart && !this.#alternate && !this.#region && !this.#link) this.#keep(this.#lineStarts, next);
  }

  #keep(starts: LogStart[], pos: number): void {
    const last = starts.at(-1)?.pos ?? Number.NEGATIVE_INFINITY;
    if (pos - last >= this.#step) starts.push({ pos, modes: this.#inForce(), ...this.#size });
  }

  #begin(state: number): void {
    this.#state = state;
    this.#text = "";
    this.#introducer = "";
  }

  #sequence(byte: number, next: number): void {
    const char = String.fromCharCode(byte);
    switch (this.#state) {
      case ESCAPE:
        this.#escape(char, byte);
        break;
      case ESCAPE_MORE:
        if (byte < 0x30) this.#introducer += char;
        else this.#endEscape(char);
        break;
      case CSI:
        if (byte < 0x40) this.#collect(char);
        else {
          this.#state = GROUND;
          if (byte < 0x7f) this.#csi(char, next);
        }
        break;
      case OSC:
        this.#collect(char);
        break;
      default:
        break;
    }
  }

  #collect(char: string): void {
    if (this.#text.length < SEQUENCE_MAX_CHARS) this.#text += char;
  }

  #escape(char: string, byte: number): void {
    if (char === "[") this.#begin(CSI);
    else if (char === "]") this.#begin(OSC);
    else if ("PX^_".includes(char)) this.#begin(STRING);
    else if (byte < 0x30) {
      this.#begin(ESCAPE_MORE);
      this.#introducer = char;
    } else this.#endEscape(char);
  }

  #endEscape(char: string): void {
    this.#state = GROUND;
    if (this.#introducer.length === 1 && "()*+".includes(this.#introducer)) {
      this.#charsets.set(this.#introducer, char);
      return;
    }
    if (this.#introducer !== "") {
      this.#feeds = 0;
      return;
    }
    if (char === "D" || char === "E") this.#feeds++;
    else if (char === "=" || char === ">") this.#modes.set(66, char === "=");
    else if (char === "M" || char === "8") this.#feeds = 0;
    else if (char === "c") this.#reset();
  }

  #csi(final: string, next: number): void {
    const text = this.#text;
    if (final === "m" && /^[\d;:]*$/.test(text)) this.#style.apply(text);
    else if ((final === "h" || final === "l") && text.startsWith("?")) this.#privateModes(text.slice(1), final === "h");
    else if (final === "h" || final === "l") {
      const codes = text.split(";");
      if (codes.includes("4")) this.#insert = final === "h";
      if (codes.includes("20")) this.#newline = final === "h";
    } else if (final === "r" && /^[\d;]*$/.test(text)) this.#setRegion(text);
    else if (final === "p" && text === "!") this.#softReset();
    else if (final === "q" && text.endsWith(" ")) this.#cursorStyle = text.slice(0, -1);
    if (MOVES.has(final)) this.#feeds = 0;
    const fromTop = (final === "H" && /^(1?(;1?)?)$/.test(text)) || (final === "J" && text === "2");
    if (fromTop && this.#alternate) this.#keep(this.#screenStarts, next);
  }

  #privateModes(params: string, on: boolean): void {
    for (const param of params.split(";")) {
      const mode = Number(param);
      if (MODES.has(mode)) this.#modes.set(mode, on);
      if (mode === 6) this.#feeds = 0;
      if (!ALTERNATE.has(mode)) continue;
      this.#alternate = on;
      this.#feeds = 0;
    }
  }

  #setRegion(params: string): void {
    const [top = "", bottom = ""] = params.split(";");
    const all = Number(top) <= 1 && (Number(bottom) === 0 || Number(bottom) >= this.#size.rows);
    this.#region = !all;
  }

  #softReset(): void {
    for (const mode of this.#modes.keys()) if (!OUTLIVE_SOFT_RESET.has(mode)) this.#modes.delete(mode);
    this.#style.reset();
    this.#charsets.clear();
    this.#shifted = false;
    this.#insert = false;
    this.#region = false;
  }

  #reset(): void {
    this.#softReset();
    this.#modes.clear();
    this.#alternate = false;
    this.#newline = false;
    this.#cursorStyle = "";
    this.#feeds = 0;
    this.#link = false;
  }

  /** OSC 8 opens a link with an address and closes it without one. */
  #endString(): void {
    if (this.#state !== OSC || !this.#text.startsWith("8;")) return;
    this.#link = this.#text.slice(2).split(";").slice(1).join(";") !== "";
  }

  /** What a terminal in its first state needs to go on here. */
  #inForce(): Uint8Array {
    const modes = [...this.#modes].filter(([mode, on]) => on !== ON_BY_DEFAULT.has(mode));
    const parts = [
      this.#alternate ? "\x1b[?1049h" : "",
      ...modes.map(([mode, on]) => `\x1b[?${mode}${on ? "h" : "l"}`),
      // Before the colours: rows that scroll in take the background in force.
      !this.#alternate && this.#feeds >= this.#size.rows - 1 ? "\n".repeat(this.#size.rows - 1) : "",
      this.#insert ? "\x1b[4h" : "",
      this.#newline ? "\x1b[20h" : "",
      this.#cursorStyle === "" ? "" : `\x1b[${this.#cursorStyle} q`,
      ...[...this.#charsets].filter(([, set]) => set !== "B").map(([slot, set]) => `\x1b${slot}${set}`),
      this.#shifted ? "\x0e" : "",
      this.#alternate ? "\x1b[H" : "",
      this.#style.toString(),
    ];
    return new TextEncoder().encode(parts.join(""));
  }
}
