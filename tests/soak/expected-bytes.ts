/** What a device must send, byte by byte. `accept` says at which position of the stream it was something else. */
export type ExpectedBytes = {
  /** Bytes that were right so far. */
  readonly verified: number;
  /** Position of the first wrong byte, or undefined. */
  accept(bytes: Uint8Array): number | undefined;
};

/** Lines made ahead at a time. */
const LINES_AHEAD = 4_096;

/** The output of `seq 1 N`, without an end. */
export class CountedLines implements ExpectedBytes {
  verified = 0;
  #line = 1;
  #ahead: Buffer = Buffer.alloc(0);

  accept(bytes: Uint8Array): number | undefined {
    for (let at = 0; at < bytes.length; ) {
      if (this.#ahead.length === 0) this.#more();
      const length = Math.min(this.#ahead.length, bytes.length - at);
      if (Buffer.compare(this.#ahead.subarray(0, length), bytes.subarray(at, at + length)) !== 0) return this.verified;
      this.#ahead = this.#ahead.subarray(length);
      at += length;
      this.verified += length;
    }
    return undefined;
  }

  #more(): void {
    const lines = Array.from({ length: LINES_AHEAD }, (_, line) => `${this.#line + line}\n`);
    this.#line += LINES_AHEAD;
    this.#ahead = Buffer.from(lines.join(""));
  }
}

/** The echo of what was typed. */
export class Echo implements ExpectedBytes {
  verified = 0;
  #typed: Buffer = Buffer.alloc(0);

  typed(bytes: Uint8Array): void {
    this.#typed = Buffer.concat([this.#typed, bytes]);
  }

  /** Typed and not yet come back. */
  get outstanding(): number {
    return this.#typed.length;
  }

  accept(bytes: Uint8Array): number | undefined {
    const same =
      bytes.length <= this.#typed.length && Buffer.compare(this.#typed.subarray(0, bytes.length), bytes) === 0;
    if (!same) return this.verified;
    this.#typed = this.#typed.subarray(bytes.length);
    this.verified += bytes.length;
    return undefined;
  }
}
