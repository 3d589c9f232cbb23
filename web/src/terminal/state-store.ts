import type { TerminalState } from "./terminal-handle.ts";

/** Values at the start of a terminal's life. */
const INITIAL_STATE: TerminalState = {
  altScreen: false,
  applicationCursor: false,
  bracketedPaste: false,
  pager: undefined,
  prompt: { confidence: "unknown" },
  atPrompt: false,
  echoOff: false,
  scrolledBack: false,
  newLines: 0,
  hasSelection: false,
  selectedWord: undefined,
  modifiers: { ctrl: "off", alt: "off", shift: "off" },
  focused: false,
  keyboard: false,
  title: "",
  restoring: undefined,
  heldInput: undefined,
  skipping: undefined,
  paste: undefined,
  link: undefined,
  clipboardOffer: undefined,
  search: undefined,
  renderer: "none",
  notice: undefined,
  cols: 80,
  rows: 24,
  fontSize: 15,
};

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Holds the state that is shown around a terminal; changes that change nothing wake nobody. */
export class StateStore {
  #state: TerminalState = INITIAL_STATE;
  readonly #listeners = new Set<() => void>();

  readonly get = (): TerminalState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(changes: Partial<TerminalState>): void {
    const keys = Object.keys(changes) as (keyof TerminalState)[];
    if (keys.every((key) => same(changes[key], this.#state[key]))) return;
    this.#state = { ...this.#state, ...changes };
    for (const listener of this.#listeners) listener();
  }
}
