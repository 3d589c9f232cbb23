/**
 * Output of one session between `base` and `end` (byte positions), copied into blocks so that no larger buffer of the
 * SSH library stays alive for a few bytes [WP15]. An idle session costs one block at most. stderr is remembered as run
 * marks, and no read crosses one [WP41]. The ring itself has no upper bound: {@link SessionCore} pauses the device.
 */

/** Small enough for a thousand idle sessions, large enough that a flood makes few of them. */
const BLOCK_BYTES = 16 * 1024;

/** From `pos` on (until the next mark) the bytes are stderr, or stdout. */
type RunMark = { pos: number; stderr: boolean };

export class OutputRing {
  #base = 0;
  #end = 0;
  /** Position of the first byte of the first block; a multiple of the block size. */
  #origin = 0;
  readonly #blocks: Uint8Array[] = [];
  /** One emptied block is kept for the next append: a flood then allocates next to nothing. */
  #spare: Uint8Array | undefined;
  /** The first mark is in force at `base`. */
  readonly #marks: RunMark[] = [{ pos: 0, stderr: false }];

  /** First position that can still be read. */
  get base(): number {
    return this.#base;
  }

  /** Position after the last byte of the device. */
  get end(): number {
    return this.#end;
  }

  /** Bytes of memory in blocks. */
  get allocatedBytes(): number {
    return (this.#blocks.length + (this.#spare === undefined ? 0 : 1)) * BLOCK_BYTES;
  }

  /** Copies `chunk` to the end. */
  append(chunk: Uint8Array, stderr = false): void {
    if (chunk.length === 0) return;
    if (this.#marks.at(-1)?.stderr !== stderr) this.#marks.push({ pos: this.#end, stderr });
    let from = 0;
    while (from < chunk.length) {
      const at = this.#end - this.#origin;
      const block = this.#blocks[Math.floor(at / BLOCK_BYTES)] ?? this.#addBlock();
      const offset = at % BLOCK_BYTES;
      const part = chunk.subarray(from, from + BLOCK_BYTES - offset);
      block.set(part, offset);
      from += part.length;
      this.#end += part.length;
    }
  }

  #addBlock(): Uint8Array {
    const block = this.#spare ?? new Uint8Array(BLOCK_BYTES);
    this.#spare = undefined;
    this.#blocks.push(block);
    return block;
  }

  /** Forgets everything below `pos` (at most up to `end`); does nothing for positions below `base`. */
  trimTo(pos: number): void {
    this.#base = Math.max(this.#base, Math.min(pos, this.#end));
    while (this.#blocks.length > 0 && this.#origin + BLOCK_BYTES <= this.#base) {
      this.#spare = this.#blocks.shift();
      this.#origin += BLOCK_BYTES;
    }
    while ((this.#marks[1]?.pos ?? Number.POSITIVE_INFINITY) <= this.#base) this.#marks.shift();
  }

  /** The bytes of one kind that start at `pos`: how many there are (at most `max`), and whether they are stderr. */
  run(pos: number, max: number): { length: number; stderr: boolean } {
    let stderr = false;
    let until = this.#end;
    for (const mark of this.#marks) {
      if (mark.pos <= pos) stderr = mark.stderr;
      else {
        until = Math.min(until, mark.pos);
        break;
      }
    }
    return { length: Math.max(0, Math.min(max, until - pos)), stderr };
  }

  /** Fills `target` with the bytes from `pos` on. Throws RangeError when they are not all in the ring. */
  copyTo(target: Uint8Array, pos: number): void {
    if (pos < this.#base || pos + target.length > this.#end) {
      throw new RangeError(`[${pos}, +${target.length}) is outside [${this.#base}, ${this.#end})`);
    }
    let filled = 0;
    while (filled < target.length) {
      const at = pos + filled - this.#origin;
      const block = this.#blocks[Math.floor(at / BLOCK_BYTES)];
      // Positions between base and end always have a block.
      if (block === undefined) throw new RangeError(`no block at ${pos + filled}`);
      const offset = at % BLOCK_BYTES;
      const part = block.subarray(offset, Math.min(BLOCK_BYTES, offset + target.length - filled));
      target.set(part, filled);
      filled += part.length;
    }
  }
}
