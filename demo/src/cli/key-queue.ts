import type { Key } from "./keys.ts";
import { KeyDecoder } from "./keys.ts";

/** Typed-ahead input a session keeps at most (keys); beyond it the line buffer of the device is full. */
const QUEUE_MAX_KEYS = 4096;

/** Keys of one session in order: read by whoever waits, kept while nobody does. */
export class KeyQueue {
  readonly #decoder = new KeyDecoder();
  readonly #keys: Key[] = [];
  #waiter: ((key: Key | undefined) => void) | undefined;
  #isClosed = false;
  /** Called for an abort key (Ctrl-C, Ctrl-Shift-6) that arrives while nobody reads; true means it was used. */
  onAbort: () => boolean = () => false;

  push(bytes: Uint8Array): void {
    for (const key of this.#decoder.decode(bytes)) {
      const isAbort = key.name === "interrupt" || key.name === "break";
      if (isAbort && this.#waiter === undefined && this.onAbort()) {
        // An abort also throws away what was typed ahead, as the device does.
        this.#keys.length = 0;
        continue;
      }
      const waiter = this.#waiter;
      if (waiter !== undefined) {
        this.#waiter = undefined;
        waiter(key);
      } else if (this.#keys.length < QUEUE_MAX_KEYS) this.#keys.push(key);
    }
  }

  /** The next key; undefined when the session is over. */
  next(): Promise<Key | undefined> {
    const key = this.#keys.shift();
    if (key !== undefined || this.#isClosed) return Promise.resolve(key);
    return new Promise((resolve) => {
      this.#waiter = resolve;
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#keys.length = 0;
    this.#waiter?.(undefined);
    this.#waiter = undefined;
  }
}
