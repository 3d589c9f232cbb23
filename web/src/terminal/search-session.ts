import type { SearchAddon } from "@xterm/addon-search";
import type { Terminal } from "@xterm/xterm";
import type { Theme } from "#themes/theme.ts";
import type { SearchQuery, SearchState } from "./terminal-handle.ts";
import { searchColours } from "./xterm-theme.ts";

/** Matches that are counted and marked; beyond it only next and previous work. */
const MATCHES_MAX = 2_000;
/**
 * Width of the ruler that shows where matches are. It is that of the scrollbar beside which it lies: any other would
 * change the number of columns.
 */
const RULER_PX = 14;
/** Longest expression; a longer one is no search by a person. */
const TERM_MAX_CHARS = 256;

/** Why an expression cannot be used; undefined when it can. */
export function searchError(query: SearchQuery): string | undefined {
  if (query.term.length > TERM_MAX_CHARS) return `Longer than ${TERM_MAX_CHARS} characters.`;
  if (!query.regex) return undefined;
  try {
    const matchesNothing = new RegExp(query.term, "u").test("");
    return matchesNothing && query.term !== "" ? "This expression also matches nothing at all." : undefined;
  } catch {
    return "This is not a regular expression.";
  }
}

/** One search in a terminal's scrollback; the addon is loaded with the first search [U55]. */
export class SearchSession {
  readonly #terminal: Terminal;
  readonly #changed: (state: SearchState | undefined) => void;
  #addon: SearchAddon | undefined;
  #query: SearchQuery | undefined;
  #theme: Theme;
  /** Where the person was: a line, or the end, whose line is another one once the bar has taken rows. */
  #returnTo: number | "end" | undefined;

  constructor(terminal: Terminal, theme: Theme, changed: (state: SearchState | undefined) => void) {
    this.#terminal = terminal;
    this.#theme = theme;
    this.#changed = changed;
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
  }

  async find(query: SearchQuery, direction: "next" | "previous"): Promise<void> {
    this.#showRuler();
    const { viewportY, baseY } = this.#terminal.buffer.active;
    this.#returnTo ??= viewportY === baseY ? "end" : viewportY;
    this.#query = query;
    const error = searchError(query);
    if (error !== undefined || query.term === "") {
      this.#addon?.clearDecorations();
      this.#changed({ ...query, index: -1, count: 0, ...(error === undefined ? {} : { error }) });
      return;
    }
    const addon = await this.#load();
    if (this.#query !== query) return;
    const { term, regex, caseSensitive, wholeWord } = query;
    const options = { regex, caseSensitive, wholeWord, decorations: searchColours(this.#theme) };
    const found = direction === "next" ? addon.findNext(term, options) : addon.findPrevious(term, options);
    if (!found) this.#changed({ ...query, index: -1, count: 0 });
  }

  /** Back to where the person was [U55]. */
  close(): void {
    this.#query = undefined;
    this.#addon?.clearDecorations();
    this.#terminal.clearSelection();
    const buffer = this.#terminal.buffer.active;
    if (this.#returnTo === "end") this.#terminal.scrollToBottom();
    else if (this.#returnTo !== undefined) this.#terminal.scrollToLine(Math.min(this.#returnTo, buffer.baseY));
    this.#returnTo = undefined;
    this.#changed(undefined);
  }

  /**
   * Not before somebody searches: with the ruler the emulator measures its element in every frame, which lays the page
   * out twice. The bar opens with an empty search, so that the ruler is in place before anything is found.
   */
  #showRuler(): void {
    if (this.#terminal.options.overviewRuler?.width === undefined) {
      this.#terminal.options.overviewRuler = { width: RULER_PX };
    }
  }

  async #load(): Promise<SearchAddon> {
    if (this.#addon !== undefined) return this.#addon;
    const module = await import("@xterm/addon-search");
    if (this.#addon !== undefined) return this.#addon;
    const addon = new module.SearchAddon({ highlightLimit: MATCHES_MAX });
    this.#terminal.loadAddon(addon);
    addon.onDidChangeResults(({ resultIndex, resultCount }) => {
      if (this.#query !== undefined) this.#changed({ ...this.#query, index: resultIndex, count: resultCount });
    });
    this.#addon = addon;
    return addon;
  }
}
