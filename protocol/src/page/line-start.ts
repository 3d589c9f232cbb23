/** Longest beginning of a line that is known; no console takes longer lines by hand. Bytes. */
const LINE_MAX_BYTES = 1_024;

const CR = 0x0d;
const LF = 0x0a;

/**
 * The beginning of the line that stands unfinished at the proxy: what it took since the last line end [S92]. Unknown (null)
 * where it is too long, has a secret in it [S72], or was typed by another page.
 */
export class LineStart {
  #bytes: Uint8Array<ArrayBuffer> | null;

  constructor(known: boolean) {
    this.#bytes = known ? new Uint8Array(0) : null;
  }

  get bytes(): Uint8Array<ArrayBuffer> | null {
    return this.#bytes;
  }

  /** The proxy took these. `secret`: somewhere in them is what nobody may see. */
  took(bytes: Uint8Array<ArrayBuffer>, secret: boolean): void {
    const end = Math.max(bytes.lastIndexOf(CR), bytes.lastIndexOf(LF));
    if (end < 0 && this.#bytes === null) return;
    const tail = bytes.slice(end + 1);
    const before = end < 0 ? (this.#bytes ?? tail.slice(0, 0)) : tail.slice(0, 0);
    const length = before.length + tail.length;
    if ((secret && tail.length > 0) || length > LINE_MAX_BYTES) {
      this.#bytes = null;
      return;
    }
    const joined = new Uint8Array(length);
    joined.set(before);
    joined.set(tail, before.length);
    this.#bytes = joined;
  }

  /** Somebody else wrote, or nobody knows what was written. */
  forget(): void {
    this.#bytes = null;
  }
}
