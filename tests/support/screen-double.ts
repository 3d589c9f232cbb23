import { type IBufferCell, Terminal } from "@xterm/headless";
import type { ByteChannel } from "#bridge/byte-channel.ts";
import { ByteSink, type SinkTerminal } from "#terminal/byte-sink.ts";
import { guardModes } from "#terminal/mode-guards.ts";
import { registerQueryReplies } from "#terminal/query-replies.ts";
import { ReplySender } from "#terminal/reply-sender.ts";
import type { BytesToPage } from "#workers/host-api.ts";

const SCROLLBACK = 100_000;
/** Below the time limit of a test, so that what was awaited is named. */
const UNTIL_MS = 30_000;

/** A device's terminal without a page: the real emulator, the real way of bytes into it, the real answers to queries. */
export class ScreenDouble {
  readonly terminal: Terminal;
  readonly messages: BytesToPage["t"][] = [];
  /** What the terminal said by itself. */
  readonly replies: string[] = [];
  readonly progress: { done: number; total: number }[] = [];
  /** Output position after the last byte that was drawn. */
  drawn = 0;
  readonly #sink: ByteSink;
  readonly #stop: () => void;
  #waiting: { holds: () => boolean; done: () => void }[] = [];

  constructor(channel: Pick<ByteChannel, "onMessage" | "applied" | "send">, size = { cols: 80, rows: 24 }) {
    const terminal = new Terminal({ ...size, allowProposedApi: true, scrollback: SCROLLBACK });
    this.terminal = terminal;
    const { buffer } = terminal;
    const replies = new ReplySender({
      send: (text) => {
        this.replies.push(text);
        channel.send(new TextEncoder().encode(text));
      },
      linkUp: () => true,
      muted: () => {},
      now: () => performance.now(),
    });
    registerQueryReplies(terminal.parser, {
      cursor: () => ({ row: buffer.active.cursorY + 1, column: buffer.active.cursorX + 1 }),
      modes: () => terminal.modes,
      alternateScreen: () => buffer.active.type === "alternate",
      reply: (text) => replies.reply(text),
      title: () => {},
      clipboard: () => {},
      promptMark: () => {},
    });
    guardModes(terminal, () => false);
    this.#sink = new ByteSink({
      terminal: sinkOf(terminal),
      applied: (pos) => {
        this.drawn = pos;
        channel.applied(pos);
        this.#look();
      },
      replaying: (on) => {
        replies.replaying = on;
      },
      restoring: (step) => {
        if (step !== undefined) this.progress.push(step);
        this.#look();
      },
      begun: () => {},
      sized: () => {},
      now: () => new Date(0),
    });
    terminal.onWriteParsed(() => this.#look());
    this.#stop = channel.onMessage((message) => {
      this.messages.push(message.t);
      this.#sink.take(message);
      this.#look();
    });
  }

  /** Text of every line, scrollback included, without empty lines at the end. */
  get lines(): string[] {
    const { active } = this.terminal.buffer;
    const lines = Array.from({ length: active.length }, (_, y) => active.getLine(y)?.translateToString(true) ?? "");
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  /** Text of the cursor's line, or of one so many lines away. */
  row(offset = 0): string {
    const { active } = this.terminal.buffer;
    return active.getLine(active.baseY + active.cursorY + offset)?.translateToString(true) ?? "";
  }

  /** Resolves when the condition holds; looked at after all that was drawn. Rejects with the end of the screen when late. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        const end = [...this.messages.slice(-10), ...this.lines.slice(-10)].join("\n");
        reject(new Error(`not drawn within ${UNTIL_MS} ms, up to ${this.drawn}: ${String(holds)}\n${end}`));
      }, UNTIL_MS);
      const done = (): void => {
        clearTimeout(late);
        resolve();
      };
      this.#waiting.push({ holds, done });
      this.#look();
    });
  }

  #look(): void {
    this.#waiting = this.#waiting.filter(({ holds, done }) => {
      if (!holds()) return true;
      done();
      return false;
    });
  }

  close(): void {
    this.#stop();
    this.#sink.close();
    this.terminal.dispose();
  }
}

/** As the app's emulator, whose add-ons need a browser. */
function sinkOf(terminal: Terminal): SinkTerminal {
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

/** A cell as it looks: character and everything that changes how it is drawn. */
function look(cell: IBufferCell): string {
  const colours = `${cell.getFgColorMode()}:${cell.getFgColor()}/${cell.getBgColorMode()}:${cell.getBgColor()}`;
  const flags = [
    cell.isBold(),
    cell.isDim(),
    cell.isItalic(),
    cell.isUnderline(),
    cell.isBlink(),
    cell.isInverse(),
    cell.isInvisible(),
    cell.isStrikethrough(),
    cell.isOverline(),
  ];
  return `${cell.getWidth()}${cell.getChars() || " "}${colours}${flags.map((flag) => (flag === 0 ? "" : "x")).join(",")}`;
}

/** Everything that can be seen and everything that the next byte would meet, line by line. */
export function pictureOf(terminal: Terminal): { lines: string[]; state: string } {
  const { buffer, modes, cols, rows } = terminal;
  const { active } = buffer;
  const lines = Array.from({ length: active.length }, (_, y) => {
    const line = active.getLine(y);
    const cells = Array.from({ length: cols }, (_cell, x) => {
      const cell = line?.getCell(x);
      return cell === undefined ? "" : look(cell);
    });
    return `${line?.isWrapped ? "+" : " "}${cells.join("")}`;
  });
  const { mouseTrackingMode: _mouse, sendFocusMode: _focus, ...kept } = modes;
  const state = JSON.stringify([active.type, active.cursorX, active.cursorY, cols, rows, kept]);
  return { lines, state };
}
