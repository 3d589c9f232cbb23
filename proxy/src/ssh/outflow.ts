import type { Duplex } from "node:stream";

/**
 * What was written towards a device and has not left yet. The library takes bytes as fast as the device's window allows,
 * never waits for the socket, and keeps everything while keys are exchanged: whoever writes waits here [S23].
 */
export class Outflow {
  readonly #stream: Duplex;
  readonly #queued: () => number;
  readonly #beneath: Outflow | undefined;
  readonly #waiting = new Set<() => void>();
  #stopped = false;
  #over = false;

  /** `queued`: bytes that wait for the end of a key exchange; `beneath`: of the jump host's connection [S39]. */
  constructor(stream: Duplex, queued: () => number, beneath: Outflow | undefined) {
    this.#stream = stream;
    this.#queued = queued;
    this.#beneath = beneath;
    stream.on("drain", this.#wake);
    stream.once("close", () => {
      this.#over = true;
      this.#wake();
    });
  }

  /** Bytes in memory, down to the outermost socket. */
  get held(): number {
    return this.#stream.writableLength + this.#queued() + (this.#beneath?.held ?? 0);
  }

  /** Nothing stands in the way of further bytes: no full buffer on the way down, no key exchange. */
  get clear(): boolean {
    return this.#own && (this.#beneath?.clear ?? true);
  }

  get #own(): boolean {
    return !this.#over && !this.#stopped && !this.#stream.writableNeedDrain;
  }

  /** Waits until it is clear; false when the stream closed. */
  async cleared(): Promise<boolean> {
    while (!this.clear && !this.#over) {
      if (this.#own) {
        if ((await this.#beneath?.cleared()) === false) return false;
      } else await new Promise<void>((resolve) => void this.#waiting.add(resolve));
    }
    return !this.#over;
  }

  /** A key exchange is open: nothing may be written before {@link goOn}. */
  stop(): void {
    this.#stopped = true;
  }

  goOn(): void {
    this.#stopped = false;
    this.#wake();
  }

  readonly #wake = (): void => {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resume of waiting) resume();
  };
}
