import type { ByteChannel } from "#bridge/byte-channel.ts";
import type { BytesToPage } from "#workers/host-api.ts";

/** A terminal without a screen: keeps what came, in order, and applies it at once or on demand. */
export class TerminalDouble {
  readonly channel: ByteChannel;
  readonly messages: Exclude<BytesToPage, { t: "out" }>[] = [];
  #bytes: Uint8Array[] = [];
  #pos = 0;
  #received = 0;
  #drawing = true;
  #waiting: { holds: () => boolean; done: () => void }[] = [];

  constructor(channel: ByteChannel) {
    this.channel = channel;
    channel.onMessage((message) => this.#take(message));
  }

  /** All output since it began, as text. */
  get text(): string {
    return this.bytes.toString("utf8");
  }

  get bytes(): Buffer {
    if (this.#bytes.length > 1) this.#bytes = [Buffer.concat(this.#bytes)];
    return Buffer.from(this.#bytes[0] ?? []);
  }

  /** Bytes of output so far. */
  get received(): number {
    return this.#received;
  }

  type(text: string): void {
    this.channel.send(new TextEncoder().encode(text));
  }

  /** False: output is taken and not drawn, as by a tablet that is too busy; true: what waits is drawn at once. */
  set drawing(on: boolean) {
    this.#drawing = on;
    if (on) this.channel.applied(this.#pos);
  }

  /** Resolves when the condition holds; looked at after every message. */
  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((done) => this.#waiting.push({ holds, done }));
  }

  /** Waits for a ruled line that says this; views go another way and may be ahead of it, output before it has come too. */
  noted(text: string): Promise<void> {
    return this.until(() => this.messages.some((message) => message.t === "note" && message.text.includes(text)));
  }

  #take(message: BytesToPage): void {
    if (message.t === "out") {
      if (message.pos !== this.#pos) throw new Error(`output at ${message.pos}, expected ${this.#pos}`);
      const bytes = new Uint8Array(message.body);
      this.#pos += bytes.length;
      this.#received += bytes.length;
      this.#bytes.push(bytes);
      if (this.#drawing) this.channel.applied(this.#pos);
    } else {
      this.messages.push(message);
      if (message.t === "begin") this.#pos = message.pos;
      if (message.t === "gap") this.#pos = message.to;
    }
    this.#waiting = this.#waiting.filter(({ holds, done }) => {
      if (!holds()) return true;
      done();
      return false;
    });
  }
}
