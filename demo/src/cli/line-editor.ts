import type { Key } from "./keys.ts";

/** What the session must do after a key; `output` is always written first. */
export type EditorResult = {
  output: string;
  event?: "line" | "help" | "tab" | "interrupt" | "end-config";
};

const HISTORY_MAX = 20;
const BELL = "\u0007";
/** Columns the view jumps by when a line is longer than the screen, as IOS does. */
const SCROLL_COLUMNS = 10;

type View = { text: string; column: number };

/** An IOS-like line editor as a state machine: keys in, bytes to print out. */
export class LineEditor {
  prompt = "";
  /** Screen columns; lines longer than that scroll sideways. */
  width = 80;
  /** False while a secret is typed. */
  isEchoing = true;
  #buffer = "";
  #cursor = 0;
  #offset = 0;
  #shown: View = { text: "", column: 0 };
  #history: string[] = [];
  #historyAt = 0;
  #draft = "";

  get text(): string {
    return this.#buffer;
  }

  get beforeCursor(): string {
    return this.#buffer.slice(0, this.#cursor);
  }

  get history(): readonly string[] {
    return this.#history;
  }

  /** Begins a new line and prints its prompt; `text` is what is already on it. */
  start(prompt: string, text = ""): string {
    this.prompt = prompt;
    this.#buffer = text;
    this.#cursor = text.length;
    this.#offset = 0;
    this.#historyAt = this.#history.length;
    this.#shown = { text: "", column: 0 };
    return prompt + this.#paint();
  }

  /** Prints the prompt and the line again where the cursor stands (after help, after a log line). */
  repeat(): string {
    this.#shown = { text: "", column: 0 };
    return this.prompt + this.#paint();
  }

  /** Blanks the line on the screen, so that a log line can take its place. */
  erase(): string {
    const length = this.prompt.length + this.#shown.text.length;
    return `\r${" ".repeat(length)}\r`;
  }

  remember(line: string): void {
    if (line.trim() === "" || this.#history.at(-1) === line) return;
    this.#history.push(line);
    if (this.#history.length > HISTORY_MAX) this.#history.shift();
  }

  insert(text: string): string {
    this.#buffer = this.#buffer.slice(0, this.#cursor) + text + this.#buffer.slice(this.#cursor);
    this.#cursor += text.length;
    return this.#paint();
  }

  key(key: Key): EditorResult {
    switch (key.name) {
      case "char":
        if (key.text === "?" && this.isEchoing) return { output: "?", event: "help" };
        return { output: this.insert(key.text) };
      case "enter":
        this.#cursor = this.#buffer.length;
        return { output: `${this.#paint()}\r\n`, event: "line" };
      case "tab":
        return { output: "", event: "tab" };
      case "interrupt":
      case "end-config":
        return { output: key.name === "interrupt" ? "" : "^Z", event: key.name };
      case "redraw":
        return { output: `\r\n${this.repeat()}` };
      case "up":
      case "down":
        return { output: this.#recall(key.name === "up" ? -1 : 1) };
      case "break":
      case "unknown":
        return { output: "" };
      default:
        return { output: this.#edit(key.name) };
    }
  }

  #edit(name: Exclude<Key["name"], "char">): string {
    const { length } = this.#buffer;
    switch (name) {
      case "left":
        if (this.#cursor === 0) return BELL;
        this.#cursor -= 1;
        break;
      case "right":
        if (this.#cursor === length) return BELL;
        this.#cursor += 1;
        break;
      case "home":
        this.#cursor = 0;
        break;
      case "end":
        this.#cursor = length;
        break;
      case "word-left":
        this.#cursor = this.#wordStart();
        break;
      case "word-right":
        this.#cursor = this.#wordEnd();
        break;
      case "backspace":
        if (this.#cursor === 0) return BELL;
        this.#cut(this.#cursor - 1, this.#cursor);
        break;
      case "delete":
        this.#cut(this.#cursor, this.#cursor + 1);
        break;
      case "kill-word":
        this.#cut(this.#wordStart(), this.#cursor);
        break;
      case "delete-word":
        this.#cut(this.#cursor, this.#wordEnd());
        break;
      case "kill-to-end":
        this.#cut(this.#cursor, length);
        break;
      case "kill-line":
        this.#cut(0, this.#cursor);
        break;
      case "transpose":
        this.#transpose();
        break;
      default:
        break;
    }
    return this.#paint();
  }

  #cut(from: number, to: number): void {
    this.#buffer = this.#buffer.slice(0, from) + this.#buffer.slice(to);
    this.#cursor = from;
  }

  #transpose(): void {
    const at = this.#cursor === this.#buffer.length ? this.#cursor - 1 : this.#cursor;
    if (at < 1) return;
    const swapped = `${this.#buffer[at] ?? ""}${this.#buffer[at - 1] ?? ""}`;
    this.#buffer = this.#buffer.slice(0, at - 1) + swapped + this.#buffer.slice(at + 1);
    this.#cursor = at + 1;
  }

  #wordStart(): number {
    return this.#buffer.slice(0, this.#cursor).search(/\S+\s*$/u) === -1
      ? 0
      : this.#buffer.slice(0, this.#cursor).search(/\S+\s*$/u);
  }

  #wordEnd(): number {
    const match = /^\s*\S+/u.exec(this.#buffer.slice(this.#cursor));
    return match === null ? this.#buffer.length : this.#cursor + match[0].length;
  }

  #recall(step: -1 | 1): string {
    const next = this.#historyAt + step;
    if (next < 0 || next > this.#history.length) return BELL;
    if (this.#historyAt === this.#history.length) this.#draft = this.#buffer;
    this.#historyAt = next;
    this.#buffer = next === this.#history.length ? this.#draft : (this.#history[next] ?? "");
    this.#cursor = this.#buffer.length;
    return this.#paint();
  }

  /** What of the line is visible: the window of the screen that holds the cursor, `$` where it is cut. */
  #view(): View {
    if (!this.isEchoing) return { text: "", column: 0 };
    const room = Math.max(SCROLL_COLUMNS + 2, this.width - this.prompt.length - 1);
    if (this.#buffer.length < room) {
      this.#offset = 0;
      return { text: this.#buffer, column: this.#cursor };
    }
    while (this.#cursor - this.#offset >= room - 1) this.#offset += SCROLL_COLUMNS;
    while (this.#cursor < this.#offset + 1 && this.#offset > 0)
      this.#offset = Math.max(0, this.#offset - SCROLL_COLUMNS);
    let text = this.#buffer.slice(this.#offset, this.#offset + room - 1);
    if (this.#offset > 0) text = `$${text.slice(1)}`;
    if (this.#buffer.length > this.#offset + room - 1) text = `${text.slice(0, -1)}$`;
    return { text, column: this.#cursor - this.#offset };
  }

  /** The shortest plain redraw from what is on the screen to what should be: no escape sequences, as IOS does it. */
  #paint(): string {
    const old = this.#shown;
    const next = this.#view();
    this.#shown = next;
    let same = 0;
    while (same < old.text.length && same < next.text.length && old.text[same] === next.text[same]) same += 1;
    if (same === old.text.length && same === next.text.length) return move(old.text, old.column, next.column);
    const start = Math.min(same, old.column);
    const body = next.text.slice(start);
    const leftover = Math.max(0, old.text.length - next.text.length);
    const printed = start + body.length + leftover;
    return (
      move(old.text, old.column, start) +
      body +
      " ".repeat(leftover) +
      "\b".repeat(printed - next.text.length) +
      move(next.text, next.text.length, next.column)
    );
  }
}

/** Moves the cursor along a text that is on the screen: back by backspaces, forward by printing it again. */
function move(text: string, from: number, to: number): string {
  return to < from ? "\b".repeat(from - to) : text.slice(from, to);
}
