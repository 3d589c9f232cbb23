/**
 * One word of credit for everything that the terminal parsed in a turn: each is a message to the worker, and a turn parses
 * dozens of frames.
 */
export class CreditTurn {
  readonly #tell: (pos: number) => void;
  #pos: number | undefined;

  /** `tell`: everything below `pos` is parsed [WP9]. */
  constructor(tell: (pos: number) => void) {
    this.#tell = tell;
  }

  /** Positions come in order; those of one turn are told together, before any other task. */
  applied(pos: number): void {
    if (this.#pos === undefined) queueMicrotask(() => this.#end());
    this.#pos = pos;
  }

  #end(): void {
    const pos = this.#pos;
    this.#pos = undefined;
    if (pos !== undefined) this.#tell(pos);
  }
}
