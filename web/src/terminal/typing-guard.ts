/** Typing counts as over after this pause. */
const TYPING_PAUSE_MS = 2_000;

/** Tells when a person types and when they stopped, so that telemetry can step back. */
export class TypingGuard {
  readonly #changed: (typing: boolean) => void;
  readonly #schedule: (ms: number, run: () => void) => () => void;
  #cancel: (() => void) | undefined;

  constructor(changed: (typing: boolean) => void, schedule: (ms: number, run: () => void) => () => void) {
    this.#changed = changed;
    this.#schedule = schedule;
  }

  typed(): void {
    if (this.#cancel === undefined) this.#changed(true);
    this.#cancel?.();
    this.#cancel = this.#schedule(TYPING_PAUSE_MS, () => {
      this.#cancel = undefined;
      this.#changed(false);
    });
  }

  dispose(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
