import type { IDisposable, Terminal } from "@xterm/xterm";
import { isPasswordPrompt, PromptTracker, pagerAt } from "./prompt-tracker.ts";
import { cursorLine } from "./screen-line.ts";
import type { TerminalState } from "./terminal-handle.ts";

/** The screen is read at most this often; nobody sees a pager come and go within it. */
const READ_MS = 80;

/** Keeps the state that comes from the screen: pager, prompt, modes, scroll position, new lines [U22] [U38] [U103]. */
export class ScreenWatch {
  readonly prompts = new PromptTracker();
  readonly #terminal: Terminal;
  readonly #publish: (changes: Partial<TerminalState>) => void;
  readonly #watches: IDisposable[];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #newLines = 0;

  constructor(terminal: Terminal, publish: (changes: Partial<TerminalState>) => void) {
    this.#terminal = terminal;
    this.#publish = publish;
    this.#watches = [
      terminal.onWriteParsed(() => this.soon()),
      terminal.onLineFeed(() => {
        if (this.#scrolledBack()) this.#newLines++;
      }),
      terminal.onScroll(() => this.soon()),
      // A person's scrolling has no event of its own; it shows as a drawn frame.
      terminal.onRender(() => this.soon()),
      terminal.buffer.onBufferChange(() => this.soon()),
    ];
  }

  /** Reads the screen within {@link READ_MS}. */
  soon(): void {
    this.#timer ??= setTimeout(() => this.read(), READ_MS);
  }

  read(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { modes, buffer } = this.#terminal;
    const altScreen = buffer.active.type === "alternate";
    const scrolledBack = this.#scrolledBack();
    if (!scrolledBack) this.#newLines = 0;
    const line = cursorLine(buffer.active);
    const prompt = altScreen ? ({ confidence: "unknown" } as const) : this.prompts.judge(line.beforeCursor);
    this.#publish({
      altScreen,
      applicationCursor: modes.applicationCursorKeysMode,
      bracketedPaste: modes.bracketedPasteMode,
      pager: pagerAt(line.text),
      prompt,
      atPrompt: prompt.confidence !== "unknown" && line.text === line.beforeCursor.trimEnd(),
      echoOff: !altScreen && isPasswordPrompt(line.beforeCursor),
      scrolledBack,
      newLines: this.#newLines,
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const watch of this.#watches) watch.dispose();
  }

  #scrolledBack(): boolean {
    const { viewportY, baseY } = this.#terminal.buffer.active;
    return viewportY < baseY;
  }
}
