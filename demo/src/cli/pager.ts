import type { Key } from "./keys.ts";

/** The pager prompt as IOS prints it. */
export const MORE = " --More-- ";
/** How IOS takes its pager prompt away again. */
export const MORE_ERASE = `${"\b".repeat(9)}${" ".repeat(8)}${"\b".repeat(9)}`;

/** The `--More--` pager of one command as a state machine: text in, text to print out, keys when it waits. */
export class Pager {
  /** Screen lines; 0 turns paging off. */
  readonly #rows: number;
  readonly #columns: number;
  #left: number;
  #column = 0;
  #pending = "";
  #isWaiting = false;

  constructor(rows: number, columns: number) {
    this.#rows = rows;
    this.#columns = columns;
    this.#left = this.#page();
  }

  /** True while the prompt stands and a key is needed. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  #page(): number {
    return this.#rows === 0 ? Number.POSITIVE_INFINITY : Math.max(1, this.#rows - 1);
  }

  /** Takes more output; returns what may be printed now, with the prompt when the page is full. */
  feed(text: string): string {
    this.#pending += text;
    return this.#isWaiting ? "" : this.#drain();
  }

  /** Takes a key at the prompt. Every key is the pager's: Space a page, Enter a line, all others quit. */
  key(key: Key): { output: string; isQuit: boolean } {
    this.#isWaiting = false;
    const isPage = key.name === "char" && key.text === " ";
    if (!isPage && key.name !== "enter") {
      this.#pending = "";
      return { output: MORE_ERASE, isQuit: true };
    }
    this.#left = isPage ? this.#page() : 1;
    return { output: MORE_ERASE + this.#drain(), isQuit: false };
  }

  #drain(): string {
    let position = 0;
    let isInsideLine = false;
    while (position < this.#pending.length && this.#left > 0) {
      const char = this.#pending[position];
      if (char === "\n") {
        this.#left -= 1;
        this.#column = 0;
      } else if (char === "\r") this.#column = 0;
      else if (this.#columns > 0) {
        // A line longer than the screen takes a second row, which may belong to the next page.
        if (this.#column === this.#columns) {
          this.#column = 0;
          this.#left -= 1;
          isInsideLine = this.#left === 0;
          if (isInsideLine) break;
        }
        this.#column += 1;
      }
      position += 1;
    }
    const output = this.#pending.slice(0, position);
    this.#pending = this.#pending.slice(position);
    if (this.#pending === "") return output;
    this.#isWaiting = true;
    return `${output}${isInsideLine ? "\n" : ""}${MORE}`;
  }
}
