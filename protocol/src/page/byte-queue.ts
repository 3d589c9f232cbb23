/** A queue of bytes that are read by offset, dropped at the front and cut at the end. Chunks are copied in [WP15]. */
export class ByteQueue {
  #buffer = new Uint8Array(0);
  #start = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(bytes: Uint8Array): void {
    if (this.#start + this.#length + bytes.length > this.#buffer.length) this.#makeRoom(bytes.length);
    this.#buffer.set(bytes, this.#start + this.#length);
    this.#length += bytes.length;
  }

  /** Moves the bytes to the front of a buffer at least twice as large as they are, so that pushing stays cheap. */
  #makeRoom(more: number): void {
    const next = new Uint8Array(Math.max(256, 2 * (this.#length + more)));
    next.set(this.#buffer.subarray(this.#start, this.#start + this.#length));
    this.#buffer = next;
    this.#start = 0;
  }

  /** Copies `length` bytes from `offset` on; both lie inside the queue. */
  copy(offset: number, length: number): Uint8Array<ArrayBuffer> {
    return this.#buffer.slice(this.#start + offset, this.#start + offset + length);
  }

  /** Forgets the first `length` bytes. */
  drop(length: number): void {
    this.#start += length;
    this.truncate(this.#length - length);
  }

  /** Keeps the first `length` bytes. */
  truncate(length: number): void {
    this.#length = length;
    if (length > 0) return;
    this.#start = 0;
    // A paste of megabytes leaves no buffer behind.
    if (this.#buffer.length > 4_096) this.#buffer = new Uint8Array(0);
  }
}
