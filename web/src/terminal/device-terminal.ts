import { Terminal } from "@xterm/xterm";
import type { ByteChannel } from "#bridge/byte-channel.ts";
import type { Theme } from "#themes/theme.ts";
import { type AppKeyTarget, appKey } from "./app-keys.ts";
import { resetScreenBytes } from "./app-lines.ts";
import { ByteSink } from "./byte-sink.ts";
import { ClipboardDesk } from "./clipboard-desk.ts";
import { copyText, writeClipboard } from "./copy-text.ts";
import { CreditTurn } from "./credit-turn.ts";
import { setUpEmulator, silenceHelperField, sinkTerminal } from "./emulator.ts";
import { HistoryWatch } from "./history-watch.ts";
import { InputGate } from "./input-gate.ts";
import { type Key, type Modifiers, PLAIN } from "./keys.ts";
import { clearReports } from "./mode-guards.ts";
import { OutputPath } from "./output-path.ts";
import { cleanPaste } from "./paste-cleaning.ts";
import { PasteDesk } from "./paste-desk.ts";
import { pinchZoom } from "./pinch-zoom.ts";
import { ReplySender } from "./reply-sender.ts";
import { ScreenWatch } from "./screen-watch.ts";
import { SearchSession } from "./search-session.ts";
import { StateStore } from "./state-store.ts";
import type { ModifierName } from "./sticky-modifiers.ts";
import type { CopyResult, SearchQuery, TerminalHandle, TerminalState } from "./terminal-handle.ts";
import { TerminalKeyboard } from "./terminal-keyboard.ts";
import { terminalOptions } from "./terminal-options.ts";
import { TerminalSurface } from "./terminal-surface.ts";
import { type TouchWiring, wireTouch } from "./touch-wiring.ts";
import { TypingGuard } from "./typing-guard.ts";
import { xtermTheme } from "./xterm-theme.ts";

/** What a terminal needs from the app. */
export type DeviceTerminalDeps = {
  device: string;
  channel: ByteChannel;
  theme: Theme;
  fontSize: number;
  touch: boolean;
  /** The size in force, for the device. */
  size(cols: number, rows: number): void;
  historyAdd(line: string): void;
  typing(on: boolean): void;
  /** The person lets this device ask to write to the clipboard [S85]. */
  clipboardAsks(): boolean;
  /** False while the session cannot take answers. */
  linkUp(): boolean;
  /** The person changed the text size; it holds for every terminal. */
  fontSizeChosen(px: number): void;
};

const encoder = new TextEncoder();

/** A device's terminal: the emulator with everything that stands between it, the person and the device. */
export class DeviceTerminal implements TerminalHandle {
  readonly device: string;
  readonly #deps: DeviceTerminalDeps;
  readonly #terminal: Terminal;
  readonly #store = new StateStore();
  readonly #surface: TerminalSurface;
  readonly #keyboard: TerminalKeyboard;
  readonly #gate: InputGate;
  readonly #replies: ReplySender;
  readonly #sink: ByteSink;
  readonly #path: OutputPath;
  readonly #screen: ScreenWatch;
  readonly #history: HistoryWatch;
  readonly #typing: TypingGuard;
  readonly #search: SearchSession;
  readonly #desk: PasteDesk;
  readonly #clipboard: ClipboardDesk;
  readonly #cleanups: (() => void)[] = [];
  #profile: { backspace: "del" | "bs"; reports: boolean } = { backspace: "del", reports: false };
  #sentSize = "";
  #touch: TouchWiring | undefined;

  constructor(deps: DeviceTerminalDeps) {
    this.device = deps.device;
    this.#deps = deps;
    const publish = (changes: Partial<TerminalState>) => this.#store.set(changes);
    const terminal = new Terminal(terminalOptions(deps.theme, deps.fontSize, deps.touch));
    this.#terminal = terminal;
    publish({ fontSize: deps.fontSize });
    this.#gate = new InputGate({
      send: (bytes) => deps.channel.send(bytes, this.#store.get().echoOff),
      changed: (heldInput) => publish({ heldInput }),
      now: () => Date.now(),
    });
    this.#replies = new ReplySender({
      send: (text) => deps.channel.send(encoder.encode(text)),
      linkUp: () => deps.linkUp(),
      muted: () => publish({ notice: "This device asks the terminal too much; some answers were not sent." }),
      now: () => performance.now(),
    });
    this.#screen = new ScreenWatch(terminal, publish);
    this.#history = new HistoryWatch(
      terminal,
      (line) => deps.historyAdd(line),
      (prompt) => this.#screen.prompts.entered(prompt),
    );
    this.#typing = new TypingGuard(
      (on) => deps.typing(on),
      (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    );
    this.#search = new SearchSession(terminal, deps.theme, (search) => publish({ search }));
    const keys: AppKeyTarget = {
      terminal,
      copy: () => {
        if (terminal.hasSelection()) void this.copySelection();
      },
      search: () => this.openSearch(),
      scrolled: () => this.#scrolled(),
    };
    this.#keyboard = new TerminalKeyboard({
      modes: () => ({
        applicationCursor: terminal.modes.applicationCursorKeysMode,
        backspace: this.#profile.backspace,
      }),
      typed: (text) => this.#typed(text),
      paste: (text) => this.paste(text),
      selection: () => this.selectionText(),
      appKey: (event) => appKey(event, keys),
      publish: (changes) => {
        publish(changes);
        // The emulator never has the focus itself, so its "inactive" cursor is the only one it draws.
        if (changes.focused !== undefined) terminal.options.cursorInactiveStyle = changes.focused ? "block" : "outline";
      },
    });
    this.#surface = new TerminalSurface({
      terminal,
      opened: () => this.#opened(),
      fitted: (grid) => this.#sized(grid.cols, grid.rows),
      renderer: ({ renderer, notice }) => publish(notice === undefined ? { renderer } : { renderer, notice }),
    });
    this.#surface.element.append(this.#keyboard.field.element);
    this.#desk = new PasteDesk({
      bracketed: () => terminal.modes.bracketedPasteMode,
      send: (text, wire) => this.#typed(text, wire),
      release: (wire) => {
        this.#history.forget();
        this.#send(wire);
      },
      changed: (paste) => publish({ paste }),
    });
    this.#clipboard = new ClipboardDesk({
      asks: () => !this.#replies.replaying && deps.clipboardAsks(),
      changed: (clipboardOffer) => publish({ clipboardOffer }),
      notice: (notice) => publish({ notice }),
    });
    setUpEmulator(terminal, {
      reportsAllowed: () => this.#reportsAllowed(),
      reply: (text) => this.#replies.reply(text),
      report: (text) => this.#gate.send(text),
      key: (name) => this.pressKey({ name }),
      clipboard: (data) => this.#clipboard.take(data),
      prompt: (text) => this.#screen.prompts.markedPrompt(text),
      publish,
    });
    this.#sink = this.#makeSink();
    this.#path = new OutputPath({
      channel: deps.channel,
      take: (message) => this.#sink.take(message),
      isPrompt: (line) => this.#screen.prompts.judge(line).confidence === "known",
      rows: () => terminal.rows,
      idle: () => this.#sink.idle,
      changed: (skipping) => publish({ skipping }),
    });
    this.#cleanups.push(() => this.#path.close());
  }

  attach(host: HTMLElement): void {
    this.#surface.attach(host);
  }

  detach(): void {
    this.#keyboard.clearModifiers();
    this.#surface.detach();
  }

  focus(): void {
    this.#keyboard.field.focus();
  }

  blur(): void {
    this.#keyboard.field.element.blur();
  }

  insert(text: string): void {
    this.#keyboard.insert(cleanPaste(text).text.replaceAll("\r", " "));
  }

  pressKey(key: Key, mods: Modifiers = PLAIN): void {
    this.#keyboard.press(key, mods);
  }

  tapModifier(name: ModifierName): void {
    this.#keyboard.tap(name);
  }

  paste(text: string): void {
    this.#desk.take(text);
  }

  releasePaste(what: "all" | "first"): void {
    this.#desk.release(what);
  }

  cancelPaste(): void {
    this.#desk.cancel();
  }

  answerHeld(what: "send" | "discard"): void {
    this.#gate.answer(what);
  }

  dismissLink(): void {
    this.#store.set({ link: undefined });
  }

  dismissNotice(): void {
    this.#store.set({ notice: undefined });
  }

  toggleKeyboard(): void {
    this.#keyboard.toggleSoft();
  }

  setFontSize(px: number): void {
    if (px === this.#terminal.options.fontSize) return;
    this.#terminal.options.fontSize = px;
    this.#store.set({ fontSize: px });
    this.#surface.fit.request();
  }

  setTheme(theme: Theme): void {
    this.#terminal.options.theme = xtermTheme(theme);
    this.#search.setTheme(theme);
    this.#surface.refresh();
  }

  setProfile(profile: { backspace: "del" | "bs"; reports: boolean }): void {
    this.#profile = profile;
    this.#lockReports();
  }

  openSearch(): void {
    const query = { term: "", regex: false, caseSensitive: false, wholeWord: false };
    if (this.#store.get().search === undefined) void this.#search.find(query, "next");
  }

  search(query: SearchQuery, direction: "next" | "previous"): void {
    void this.#search.find(query, direction);
  }

  closeSearch(): void {
    this.#search.close();
  }

  copySelection(): Promise<CopyResult> {
    return writeClipboard(this.selectionText());
  }

  async answerOffer(what: "copy" | "ignore"): Promise<CopyResult> {
    const text = this.#clipboard.answer(what);
    return text === undefined ? { ok: true } : writeClipboard(text);
  }

  selectionText(): string {
    return copyText(this.#terminal.getSelection());
  }

  clearSelection(): void {
    this.#terminal.clearSelection();
  }

  scrollToBottom(): void {
    this.#terminal.scrollToBottom();
    this.#scrolled();
  }

  skipToPrompt(on: boolean): void {
    this.#path.skip(on);
  }

  resetScreen(): void {
    this.#terminal.write(resetScreenBytes(this.#terminal.buffer.active.type === "alternate"));
    this.#surface.refresh();
  }

  getState = (): TerminalState => this.#store.get();

  subscribe = (listener: () => void): (() => void) => this.#store.subscribe(listener);

  /** The page became visible again: draw everything, forget pressed modifiers [U30] [U68]. */
  woke(): void {
    this.#keyboard.clearModifiers();
    this.#surface.refresh();
  }

  dispose(): void {
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
    this.#sink.close();
    this.#deps.channel.close();
    this.#typing.dispose();
    this.#history.dispose();
    this.#screen.dispose();
    this.#keyboard.dispose();
    this.#surface.dispose();
    this.#terminal.dispose();
  }

  #scrolled(): void {
    this.#touch?.stop();
    this.#screen.read();
  }

  /** Bytes of the person; `wire` when what goes out is dressed differently from what was typed. */
  #typed(text: string, wire: string = text): void {
    if (text === "") return;
    this.#history.typed(text);
    this.#send(wire);
  }

  #send(text: string): void {
    this.#typing.typed();
    this.#gate.send(text);
    if (this.#store.get().scrolledBack) this.scrollToBottom();
  }

  #sized(cols: number, rows: number): void {
    this.#store.set({ cols, rows });
    const size = `${cols}x${rows}`;
    if (size === this.#sentSize) return;
    this.#sentSize = size;
    this.#deps.size(cols, rows);
  }

  #lockReports(): void {
    this.#terminal.options.disableStdin = this.#replies.replaying || !this.#profile.reports;
  }

  #reportsAllowed(): boolean {
    return !this.#replies.replaying && this.#profile.reports && this.#terminal.buffer.active.type === "alternate";
  }

  /** The emulator's elements exist: its own input goes quiet, fingers are watched. */
  #opened(): void {
    silenceHelperField(this.#terminal, () => this.focus());
    const touch = wireTouch({
      terminal: this.#terminal,
      screen: this.#surface.screen,
      pinch: pinchZoom(this.#terminal, this.#surface, (px) => this.#deps.fontSizeChosen(px)),
    });
    this.#touch = touch;
    this.#cleanups.push(() => touch.dispose());
  }

  #makeSink(): ByteSink {
    const terminal = this.#terminal;
    const credit = new CreditTurn((pos) => this.#deps.channel.applied(pos));
    return new ByteSink({
      terminal: sinkTerminal(terminal),
      applied: (pos) => credit.applied(pos),
      replaying: (on) => this.#replaying(on),
      restoring: (restoring) => this.#store.set({ restoring }),
      begun: () => {
        this.#history.forget();
        this.#sentSize = "";
        if (this.#surface.attached) this.#surface.fit.request();
      },
      sized: (cols, rows, replay) => {
        // What the device was told by another page; ours is told again with the next fit.
        if (!replay && !this.#surface.attached) terminal.resize(cols, rows);
      },
      now: () => new Date(),
    });
  }

  #replaying(on: boolean): void {
    this.#replies.replaying = on;
    this.#lockReports();
    const { fit } = this.#surface;
    if (on) {
      this.#gate.close();
      fit.hold();
    } else {
      // What was on before the log was played, or got on by it, is not what the device has now [S82].
      clearReports(this.#terminal);
      fit.release();
      fit.request();
      this.#gate.open();
      this.#surface.refresh();
    }
  }
}
