import type { Theme } from "#themes/theme.ts";
import type { ClipboardOffer } from "./clipboard-desk.ts";
import type { Key, Modifiers } from "./keys.ts";
import type { LinkRequest } from "./link-check.ts";
import type { PasteReview } from "./paste-review.ts";
import type { PromptState } from "./prompt-tracker.ts";
import type { ModifierName, ModifierState } from "./sticky-modifiers.ts";

/** Search as the person asked for it [U55]. */
export type SearchQuery = { term: string; regex: boolean; caseSensitive: boolean; wholeWord: boolean };
export type SearchState = SearchQuery & {
  /** Index of the active match from 0; -1 when there is none, or too many to count. */
  index: number;
  count: number;
  /** The expression cannot be used, and why. */
  error?: string;
};

/** Typed text that waits on the tablet: while a log is restored, or because it is too old to be sent unasked [S92]. */
export type HeldInput = { text: string; bytes: number; oldestAt: number; needsAnswer: boolean };

/** Everything that the parts around a terminal show. A new object at each change. */
export type TerminalState = {
  altScreen: boolean;
  applicationCursor: boolean;
  bracketedPaste: boolean;
  /** Id of the pager at the cursor [U22]. */
  pager: string | undefined;
  prompt: PromptState;
  /** The cursor stands right after a known or likely prompt. */
  atPrompt: boolean;
  /** A password-like prompt is at the cursor: what is typed is neither shown nor kept. */
  echoOff: boolean;
  scrolledBack: boolean;
  /** Lines that came since the person scrolled back [U38]. */
  newLines: number;
  hasSelection: boolean;
  /** What is selected, where it is one word of a line that could be an address or a name; else nothing. */
  selectedWord: string | undefined;
  modifiers: Record<ModifierName, ModifierState>;
  /** The capture field has the focus. */
  focused: boolean;
  /** The soft keyboard is wanted [U29]. */
  keyboard: boolean;
  /** Title that the device set, escaped [S86]. */
  title: string;
  /** "restoring done of total" in bytes [U69]. */
  restoring: { done: number; total: number } | undefined;
  heldInput: HeldInput | undefined;
  /** Output that is taken and not drawn since the person asked to skip to the prompt, in bytes [U14]. */
  skipping: { bytes: number } | undefined;
  paste: PasteReview | undefined;
  link: LinkRequest | undefined;
  /** What the device wants on the clipboard, until the person answers [S85]. */
  clipboardOffer: ClipboardOffer | undefined;
  search: SearchState | undefined;
  renderer: "none" | "dom" | "webgl";
  /** Sentences that must be seen: replies muted, renderer given up, clipboard refused. */
  notice: string | undefined;
  cols: number;
  rows: number;
  fontSize: number;
};

/** How a copy came out: when the clipboard refused, the text is shown to be copied by hand [U39]. */
export type CopyResult = { ok: true } | { ok: false; text: string };

/** One device's terminal, alive from its first use until its tab closes, whether it is shown or not [U3]. */
export type TerminalHandle = {
  readonly device: string;
  /** Moves the terminal into `host` and draws it. */
  attach(host: HTMLElement): void;
  /** Takes it out again; it goes on receiving, holds no WebGL context, and draws nothing [U9]. */
  detach(): void;
  focus(): void;
  blur(): void;
  /** Puts text at the cursor as if typed, without line ends and control characters: it never runs anything [S91]. */
  insert(text: string): void;
  /** A key of the bar, or a macro: sticky modifiers are added to `mods` and used up [U17]. */
  pressKey(key: Key, mods?: Modifiers): void;
  tapModifier(name: ModifierName): void;
  /** Text from the clipboard or a drop: sent at once or put up for review [S90]. */
  paste(text: string): void;
  /** Sends what the review shows, all of it or its first line only. */
  releasePaste(what: "all" | "first"): void;
  cancelPaste(): void;
  /** "Send or discard" of {@link HeldInput} [S92]. */
  answerHeld(what: "send" | "discard"): void;
  dismissLink(): void;
  /** Answers {@link ClipboardOffer}. Call it from a tap. */
  answerOffer(what: "copy" | "ignore"): Promise<CopyResult>;
  dismissNotice(): void;
  /** Shows or hides the soft keyboard; call it from a tap, browsers want that [U29]. */
  toggleKeyboard(): void;
  setFontSize(px: number): void;
  setTheme(theme: Theme): void;
  /** What the device's kind asks for [S84]. */
  setProfile(profile: { backspace: "del" | "bs"; reports: boolean }): void;
  openSearch(): void;
  search(query: SearchQuery, direction: "next" | "previous"): void;
  closeSearch(): void;
  /** Joined lines, trailing blanks trimmed [U39]. Call it from a tap. */
  copySelection(): Promise<CopyResult>;
  selectionText(): string;
  clearSelection(): void;
  scrollToBottom(): void;
  /** True: stops drawing until the known prompt or a pause [U14]; false: draws again at once. Sends nothing. */
  skipToPrompt(on: boolean): void;
  /** Local only: modes, character sets and alternate screen; keeps scrollback, sends nothing [U70]. */
  resetScreen(): void;
  /** For `useSyncExternalStore`. */
  getState: () => TerminalState;
  subscribe: (listener: () => void) => () => void;
};
