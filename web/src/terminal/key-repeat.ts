/** Delay before a held key repeats, and its period [U19]. */
export const REPEAT_DELAY_MS = 350;
export const REPEAT_PERIOD_MS = 60;
/** Repeat stops while more than this is not yet at the proxy: more presses would only pile up [U19]. */
export const REPEAT_MAX_UNACKED_BYTES = 64;

/** What a repeating key needs from outside; `schedule` returns the way to cancel. */
export type RepeatDeps = {
  schedule(ms: number, run: () => void): () => void;
  /** False on a lost link or with too much input under way. */
  mayRepeat(): boolean;
};

/** One held bar key. Presses once on `hold`, then repeats until `release` or until the link says no [U19]. */
export class KeyRepeat {
  readonly #deps: RepeatDeps;
  #cancel: (() => void) | undefined;

  constructor(deps: RepeatDeps) {
    this.#deps = deps;
  }

  hold(press: () => void, repeats: boolean): void {
    this.release();
    press();
    if (repeats) this.#next(press, REPEAT_DELAY_MS);
  }

  release(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #next(press: () => void, ms: number): void {
    this.#cancel = this.#deps.schedule(ms, () => {
      this.#cancel = undefined;
      if (!this.#deps.mayRepeat()) return;
      press();
      this.#next(press, REPEAT_PERIOD_MS);
    });
  }
}
