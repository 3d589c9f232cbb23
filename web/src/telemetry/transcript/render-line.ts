/** A terminal line after its control characters took effect. */
export type Rendered = {
  /** One entry mostly; a jump to an absolute row starts another. The last one is where the cursor is. */
  lines: string[];
  /** The bytes were no UTF-8 and were read as Latin-1 [T46]. */
  latin1: boolean;
};

const utf8 = new TextDecoder("utf-8", { fatal: true });

function decode(bytes: Uint8Array): { text: string; latin1: boolean } {
  try {
    return { text: utf8.decode(bytes), latin1: false };
  } catch {
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return { text, latin1: true };
  }
}

/** CSI; OSC, DCS and the like up to BEL, ST or the line's end; charset and two-character escapes. */
const ESCAPE = /\u001b(?:\[([0-?]*)[ -/]*([@-~])|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\|$)|[ -/]+[0-~]|[0-~]|$)/y;
/** A line longer than this is not rendered as a screen line: no terminal is that wide. */
const MAX_COLUMNS = 65_536;
/** The C1 form of CSI is not used by gear that speaks UTF-8; only ESC starts a sequence here. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/;

class Screen {
  readonly done: string[] = [];
  private cells: string[] = [];
  private column = 0;

  write(char: string): void {
    while (this.cells.length < this.column) this.cells.push(" ");
    if (this.column < MAX_COLUMNS) this.cells[this.column++] = char;
  }

  move(column: number): void {
    this.column = Math.max(0, Math.min(column, MAX_COLUMNS));
  }

  left(count: number): void {
    this.move(this.column - count);
  }

  right(count: number): void {
    this.move(this.column + count);
  }

  erase(mode: number): void {
    if (mode === 0) this.cells.length = Math.min(this.cells.length, this.column);
    else this.cells.fill(" ", 0, mode === 1 ? this.column + 1 : undefined);
  }

  remove(count: number): void {
    this.cells.splice(this.column, count);
  }

  insert(count: number): void {
    if (this.column < this.cells.length)
      this.cells.splice(this.column, 0, ...Array.from({ length: Math.min(count, 512) }, () => " "));
  }

  newLine(): void {
    const text = this.text();
    if (text.trim() !== "") this.done.push(text);
    this.cells = [];
    this.column = 0;
  }

  /** Blanks beyond the cursor are what an erasure left behind; blanks before it belong to the text. */
  text(): string {
    const text = this.cells.join("");
    const end = text.trimEnd().length;
    return text.slice(0, Math.max(end, Math.min(this.column, text.length)));
  }
}

function control(screen: Screen, args: string, final: string): void {
  const number = Number.parseInt(args, 10);
  const count = Number.isNaN(number) || number < 1 ? 1 : Math.min(number, MAX_COLUMNS);
  if (final === "K") screen.erase(Number.isNaN(number) ? 0 : number);
  else if (final === "J") screen.erase(Number.isNaN(number) ? 0 : number);
  else if (final === "C") screen.right(count);
  else if (final === "D") screen.left(count);
  else if (final === "G") screen.move(count - 1);
  else if (final === "P") screen.remove(count);
  else if (final === "@") screen.insert(count);
  else if (final === "H" || final === "f" || final === "d" || final === "E" || final === "F") screen.newLine();
}

/**
 * Renders the bytes of one line (without its LF) as a small screen [T46]: CR, BS, erasing and cursor moves take effect,
 * other escapes, NUL and BEL vanish.
 */
export function renderLine(bytes: Uint8Array): Rendered {
  const { text, latin1 } = decode(bytes);
  const trimmed = text.replace(/\r+$/, "");
  if (!CONTROL.test(trimmed)) return { lines: [trimmed], latin1 };
  const screen = new Screen();
  for (let at = 0; at < trimmed.length; ) {
    const char = trimmed[at] ?? "";
    if (char === "\u001b") {
      ESCAPE.lastIndex = at;
      const found = ESCAPE.exec(trimmed);
      if (found?.[2] !== undefined) control(screen, found[1] ?? "", found[2]);
      at += Math.max(1, found?.[0].length ?? 1);
      continue;
    }
    if (char === "\r") screen.move(0);
    else if (char === "\b") screen.left(1);
    else if (char === "\t" || char >= " ") {
      const point = trimmed.codePointAt(at) ?? 0;
      const whole = String.fromCodePoint(point);
      if (char !== "\u007f") screen.write(whole);
      at += whole.length;
      continue;
    }
    at++;
  }
  return { lines: [...screen.done, screen.text()], latin1 };
}
