import type { IDisposable, IMarker, Terminal } from "@xterm/xterm";
import { type EnteredLine, LineRecorder, lineToKeep } from "./line-recorder.ts";
import { cursorLine, lineFrom } from "./screen-line.ts";

/** Entered lines whose echo is awaited; more only pile up when a device answers nothing. */
const PENDING_MAX = 16;

type ScreenTerminal = Pick<Terminal, "buffer" | "registerMarker" | "onLineFeed">;

/** Reads entered lines from the screen once the device has moved on, and hands over those that may be kept [U48]. */
export class HistoryWatch {
  readonly #terminal: ScreenTerminal;
  readonly #keep: (line: string) => void;
  readonly #entered: (prompt: string) => void;
  readonly #recorder = new LineRecorder();
  readonly #feed: IDisposable;
  #pending: { line: EnteredLine; marker: IMarker }[] = [];

  constructor(terminal: ScreenTerminal, keep: (line: string) => void, entered: (prompt: string) => void) {
    this.#terminal = terminal;
    this.#keep = keep;
    this.#entered = entered;
    this.#feed = terminal.onLineFeed(() => {
      if (this.#pending.length > 0) this.#read();
    });
  }

  /** The person sent this to the device. */
  typed(data: string): void {
    const buffer = this.#terminal.buffer.active;
    const alternateScreen = buffer.type === "alternate";
    const screen = () => ({ beforeCursor: cursorLine(buffer).beforeCursor, alternateScreen });
    for (const line of this.#recorder.typed(data, screen)) this.#enter(line);
  }

  /** What was typed into the present line does not count: a paste was released, or the session ended. */
  forget(): void {
    this.#recorder.forget();
  }

  dispose(): void {
    this.#feed.dispose();
    for (const { marker } of this.#pending) marker.dispose();
    this.#pending = [];
  }

  #enter(line: EnteredLine): void {
    this.#entered(line.prompt);
    if (line.alternateScreen || this.#pending.length >= PENDING_MAX) return;
    const buffer = this.#terminal.buffer.active;
    const offset = cursorLine(buffer).row - (buffer.baseY + buffer.cursorY);
    this.#pending.push({ line, marker: this.#terminal.registerMarker(offset) });
  }

  #read(): void {
    const buffer = this.#terminal.buffer.normal;
    const cursorRow = buffer.baseY + buffer.cursorY;
    const done = this.#pending.filter(({ marker }) => marker.isDisposed || marker.line < cursorRow);
    if (done.length === 0) return;
    this.#pending = this.#pending.filter((entry) => !done.includes(entry));
    for (const { line, marker } of done) {
      if (!marker.isDisposed) {
        const kept = lineToKeep(line, lineFrom(buffer, marker.line));
        if (kept !== undefined) this.#keep(kept);
      }
      marker.dispose();
    }
  }
}
