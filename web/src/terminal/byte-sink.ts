import type { BytesToPage } from "#bridge/types.ts";
import { appLine, gapLine, newSessionModes } from "./app-lines.ts";

/** Bytes handed to the terminal and not yet parsed; enough to keep it busy, small enough to stay responsive. */
export const IN_FLIGHT_MAX_BYTES = 256 * 1024;

/** The part of the terminal that the sink drives. */
export type SinkTerminal = {
  write(data: Uint8Array, parsed: () => void): void;
  resize(cols: number, rows: number): void;
  reset(): void;
  readonly cols: number;
  readonly cursorColumn: number;
  readonly alternateScreen: boolean;
};

export type SinkDeps = {
  terminal: SinkTerminal;
  /** Everything below `pos` is parsed: credit [WP9]. */
  applied(pos: number): void;
  /** From here on bytes are (not) a replay; called between the bytes, when nothing is in flight [S82]. */
  replaying(on: boolean): void;
  /** "restoring done of total" [U69]; undefined when finished. */
  restoring(progress: { done: number; total: number } | undefined): void;
  /** A session begins: the device must learn the size anew. */
  begun(): void;
  /** Size of the stream; the sink has already resized for a replay. */
  sized(cols: number, rows: number, replay: boolean): void;
  now(): Date;
};

/**
 * Feeds a device's bytes to its terminal, undecoded and in order, and gives credit for what is parsed. Many writes are
 * in flight; whatever is not plain output waits until they are parsed, so that it happens at its exact place.
 */
export class ByteSink {
  readonly #deps: SinkDeps;
  readonly #queue: BytesToPage[] = [];
  #inFlight = 0;
  #inFlightBytes = 0;
  #replay = false;
  #closed = false;

  constructor(deps: SinkDeps) {
    this.#deps = deps;
  }

  take(message: BytesToPage): void {
    if (this.#closed) return;
    this.#queue.push(message);
    this.#pump();
  }

  /** Everything that came is parsed. */
  get idle(): boolean {
    return this.#queue.length === 0 && this.#inFlight === 0;
  }

  /** Nothing more reaches the terminal; callbacks still under way give no credit. */
  close(): void {
    this.#closed = true;
    this.#queue.length = 0;
  }

  #pump(): void {
    for (let next = this.#queue[0]; next !== undefined && !this.#closed; next = this.#queue[0]) {
      const plain = next.t === "out" && next.replay === this.#replay;
      if (plain ? this.#inFlightBytes >= IN_FLIGHT_MAX_BYTES : this.#inFlight > 0) return;
      this.#queue.shift();
      if (next.t === "out") this.#output(next);
      else this.#apply(next);
    }
  }

  #output(message: Extract<BytesToPage, { t: "out" }>): void {
    this.#setReplay(message.replay);
    const end = message.pos + message.body.byteLength;
    this.#write(new Uint8Array(message.body), () => this.#deps.applied(end));
  }

  #apply(message: Exclude<BytesToPage, { t: "out" }>): void {
    const { terminal } = this.#deps;
    switch (message.t) {
      case "begin":
        // A log that was being shown is no longer of interest.
        if (this.#replay) this.#deps.restoring(undefined);
        this.#setReplay(false);
        if (message.clear) terminal.reset();
        else this.#write(newSessionModes(terminal.alternateScreen));
        this.#deps.begun();
        return;
      case "gap":
        this.#write(gapLine(message.to - message.from, terminal), () => this.#deps.applied(message.to));
        return;
      case "note":
        this.#write(appLine(message.text, this.#deps.now(), terminal));
        return;
      case "size":
        if (message.replay) terminal.resize(message.cols, message.rows);
        this.#deps.sized(message.cols, message.rows, message.replay);
        return;
      default:
        this.#restore(message);
    }
  }

  #restore({ done, total }: { done: number; total: number }): void {
    const finished = done >= total;
    this.#setReplay(!finished);
    this.#deps.restoring(finished ? undefined : { done, total });
  }

  #setReplay(on: boolean): void {
    if (on === this.#replay) return;
    this.#replay = on;
    this.#deps.replaying(on);
  }

  #write(data: Uint8Array, parsed: () => void = () => {}): void {
    this.#inFlight++;
    this.#inFlightBytes += data.byteLength;
    this.#deps.terminal.write(data, () => {
      this.#inFlight--;
      this.#inFlightBytes -= data.byteLength;
      if (this.#closed) return;
      parsed();
      this.#pump();
    });
  }
}
