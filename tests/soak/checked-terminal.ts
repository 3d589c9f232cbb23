import type { ByteChannel } from "#bridge/byte-channel.ts";
import type { BytesToPage } from "#workers/host-api.ts";
import type { ExpectedBytes } from "./expected-bytes.ts";

/** Said by the device when its program begins; split in the command, so that the command's own echo does not say it. */
export const READY = "<<READY>>";
/** Runs a program in a terminal that passes every byte as it is. */
export const rawProgram = (program: string): string =>
  `stty raw -echo; printf '%s%s' '<<RE' 'ADY>>'; exec ${program}\r`;

/** Kept of what comes before the program begins: greeting, prompt, echo of the command. */
const PREAMBLE_BYTES = 64 * 1_024;

/** A terminal that keeps nothing: what comes after READY must be what is expected. */
export class CheckedTerminal {
  /** What was wrong first, or undefined. */
  problem: string | undefined;
  /** The program has begun. */
  readonly begun: Promise<void>;
  #begin: () => void = () => {};
  #ready = false;
  readonly #channel: ByteChannel;
  readonly #expected: ExpectedBytes;
  #before = "";
  #pos = 0;

  constructor(channel: ByteChannel, expected: ExpectedBytes) {
    this.#channel = channel;
    this.#expected = expected;
    this.begun = new Promise((resolve) => {
      this.#begin = resolve;
    });
    channel.onMessage((message) => this.#take(message));
  }

  send(bytes: Uint8Array): void {
    this.#channel.send(bytes);
  }

  close(): void {
    this.#channel.close();
  }

  #take(message: BytesToPage): void {
    if (message.t === "begin") this.#pos = message.pos;
    else if (message.t === "gap") this.problem ??= `output ${message.from} to ${message.to} is missing`;
    else if (message.t === "out") this.#out(message.pos, new Uint8Array(message.body));
  }

  #out(pos: number, bytes: Uint8Array): void {
    if (pos !== this.#pos) this.problem ??= `output at ${pos} instead of ${this.#pos}`;
    this.#pos = pos + bytes.length;
    this.#channel.applied(this.#pos);
    if (this.#ready) this.#check(bytes);
    else this.#await(bytes);
  }

  #await(bytes: Uint8Array): void {
    this.#before = (this.#before + Buffer.from(bytes).toString("latin1")).slice(-PREAMBLE_BYTES);
    const at = this.#before.indexOf(READY);
    if (at < 0) return;
    this.#ready = true;
    this.#begin();
    this.#check(Buffer.from(this.#before.slice(at + READY.length), "latin1"));
    this.#before = "";
  }

  #check(bytes: Uint8Array): void {
    const wrong = this.problem === undefined ? this.#expected.accept(bytes) : undefined;
    if (wrong === undefined) return;
    const seen = JSON.stringify(Buffer.from(bytes).subarray(0, 60).toString("latin1"));
    this.problem = `other bytes than expected after ${wrong}: ${seen}`;
  }
}
