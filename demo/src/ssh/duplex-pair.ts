import { Duplex } from "node:stream";

/** One end of an in-process connection: what is written here is read there, with backpressure, and endings cross over. */
class PairEnd extends Duplex {
  peer: PairEnd | undefined;
  #resume: (() => void) | undefined;

  override _read(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    // Delivered on a later turn, as a socket would: the SSH library must not be called back inside its own parser.
    setImmediate(() => {
      const peer = this.peer;
      if (peer === undefined || peer.destroyed || peer.push(chunk)) callback();
      else peer.#resume = callback;
    });
  }

  override _final(callback: (error?: Error | null) => void): void {
    setImmediate(() => {
      if (this.peer?.destroyed === false) this.peer.push(null);
      callback();
    });
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const peer = this.peer;
    this.peer = undefined;
    this.#resume?.();
    this.#resume = undefined;
    // The far end learns of it as of a closed socket: end of data, then close; never an error of ours.
    if (peer?.destroyed === false) setImmediate(() => peer.destroy());
    callback(error);
  }
}

/** Two connected streams; no port is opened [S42]. */
export function duplexPair(): [Duplex, Duplex] {
  const left = new PairEnd();
  const right = new PairEnd();
  left.peer = right;
  right.peer = left;
  return [left, right];
}
