/**
 * Keeps the device's window at the size of the terminal that has the session [I9]: requests carry revisions, the proxy
 * takes the last one, and every welcome rebases them, since another page may have counted further [WP26].
 */
export type TerminalSize = { cols: number; rows: number };
export type SizedRevision = TerminalSize & { rev: number };

export class SizeSync {
  #wanted: TerminalSize;
  #rev = 0;

  constructor(wanted: TerminalSize) {
    this.#wanted = wanted;
  }

  get wanted(): TerminalSize {
    return this.#wanted;
  }

  /** The terminal's size changed. The request to send, or null when it is the size that was asked for last. */
  want(size: TerminalSize): SizedRevision | null {
    if (size.cols === this.#wanted.cols && size.rows === this.#wanted.rows) return null;
    this.#wanted = size;
    return this.#next();
  }

  /** The size in force at the proxy. The request to send, or null when it is the one wanted. */
  rebase(inForce: SizedRevision): SizedRevision | null {
    this.#rev = inForce.rev;
    if (inForce.cols === this.#wanted.cols && inForce.rows === this.#wanted.rows) return null;
    return this.#next();
  }

  #next(): SizedRevision {
    this.#rev++;
    return { ...this.#wanted, rev: this.#rev };
  }
}
