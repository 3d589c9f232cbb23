import type { BytesToPage, BytesToWorker, TakenBytes } from "#workers/host-api.ts";

/** Bytes of one terminal, both ways; outlives the worker that serves it [U97]. */
export type ByteChannel = {
  /** Messages wait until the first listener comes. Returns the way to stop listening. */
  onMessage(listener: (message: BytesToPage) => void): () => void;
  /** Typed, pasted, or answered by the terminal. The bytes are copied. `hidden`: a secret, never to be shown [S72]. */
  send(bytes: Uint8Array, hidden?: boolean): void;
  /** The terminal has parsed everything below `pos`: this is what credit comes from [WP9]. */
  applied(pos: number): void;
  close(): void;
};

/** The part of MessagePort that a channel needs. */
export type BytePort = {
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  start(): void;
  postMessage(message: unknown, transfer: Transferable[]): void;
  close(): void;
};

/** Page's end of a terminal's port. `bind` gives it the port of a new worker; `unbind` when the worker is gone. */
export class PortChannel implements ByteChannel {
  #port: BytePort | null = null;
  readonly #listeners = new Set<(message: BytesToPage) => void>();
  readonly #early: BytesToPage[] = [];
  readonly #unsent: Extract<BytesToWorker, { t: "in" }>[] = [];
  #stream: string | null = null;
  /** End of what this page has been given of the stream: queued to the terminal, whether drawn or not [WP26]. */
  #received = 0;
  #applied = -1;
  /** Bytes of input given to this worker, and how many of them it brought to the proxy. */
  #typed = 0;
  #taken = 0;
  readonly #onClose: () => void;

  constructor(onClose: () => void) {
    this.#onClose = onClose;
  }

  bind(port: BytePort): void {
    this.#port = port;
    port.addEventListener("message", (event) => {
      if (this.#port !== port) return;
      const message = event.data as BytesToPage | TakenBytes;
      if (message.t === "taken") this.#taken = message.bytes;
      else this.#take(message);
    });
    port.start();
    this.#post({ t: "have", stream: this.#stream, pos: this.#received });
    if (this.#applied >= 0) this.#post({ t: "applied", pos: this.#applied });
    this.#typed = this.#taken = 0;
    for (const message of this.#unsent.splice(0)) this.#give(message);
  }

  /** The worker is gone; what it may have had of the input is told, and not typed again: it may be at the device. */
  unbind(): void {
    const open = this.#typed - this.#taken;
    if (this.#port !== null && open > 0) {
      const bytes = open === 1 ? "1 byte" : `${open} bytes`;
      this.#take({ t: "note", text: `${bytes} typed just before may be lost: the app's worker was replaced` });
    }
    this.#drop();
  }

  #drop(): void {
    this.#port?.close();
    this.#port = null;
  }

  onMessage(listener: (message: BytesToPage) => void): () => void {
    this.#listeners.add(listener);
    for (const message of this.#early.splice(0)) listener(message);
    return () => this.#listeners.delete(listener);
  }

  send(bytes: Uint8Array, hidden = false): void {
    const body = bytes.slice().buffer;
    const message = { t: "in" as const, body, ...(hidden ? { hidden } : {}) };
    if (this.#port === null) this.#unsent.push(message);
    else this.#give(message);
  }

  #give(message: Extract<BytesToWorker, { t: "in" }>): void {
    this.#typed += message.body.byteLength;
    this.#post(message, [message.body]);
  }

  applied(pos: number): void {
    this.#applied = pos;
    this.#post({ t: "applied", pos });
  }

  close(): void {
    this.#post({ t: "closed" });
    this.#drop();
    this.#listeners.clear();
    this.#early.length = 0;
    this.#unsent.length = 0;
    this.#onClose();
  }

  #take(message: BytesToPage): void {
    if (message.t === "begin") {
      this.#stream = message.stream;
      this.#received = message.pos;
      this.#applied = -1;
    } else if (message.t === "out") this.#received = message.pos + message.body.byteLength;
    else if (message.t === "gap") this.#received = message.to;
    if (this.#listeners.size === 0) this.#early.push(message);
    for (const listener of this.#listeners) listener(message);
  }

  #post(message: BytesToWorker, transfer: Transferable[] = []): void {
    this.#port?.postMessage(message, transfer);
  }
}
