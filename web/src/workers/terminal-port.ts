import { INPUT_QUEUE_BYTES } from "#protocol/limits.ts";
import type { BytesToPage, BytesToWorker, TakenBytes } from "./host-api.ts";

/** What a terminal's port brings from the page. */
export type PortEvents = {
  /** `hidden`: typed at a prompt that does not echo. */
  input(bytes: Uint8Array, hidden: boolean): void;
  /** The terminal drew so many more bytes. */
  applied(bytes: number): void;
  /**
   * A page's first word on a new port: the stream it has, and up to where. `begun`: what waits here for it begins a
   * stream, so that it will lack nothing.
   */
  have(stream: string | null, pos: number, begun: boolean): void;
};

/**
 * The worker's end of a terminal's byte port [WP6]. Output is moved, never copied again; without a port it waits here,
 * which credit bounds to one window [I4].
 */
export class TerminalPort {
  #events: PortEvents | null = null;
  #takesInput = false;
  /** Typed while no session served the port; bounded as a session's own queue is. */
  readonly #unheard: { bytes: Uint8Array; hidden: boolean }[] = [];
  #unheardBytes = 0;
  #port: MessagePort | null = null;
  #waiting: { message: BytesToPage; transfer: Transferable[] }[] = [];
  /** Output at the page that the terminal has not drawn, oldest first. */
  #undrawn: { from: number; to: number }[] = [];
  /** Where the page's screen begins; 0 when it had one before this worker. */
  #begunAt = 0;
  #have: { stream: string | null; pos: number } = { stream: null, pos: 0 };
  #heard = false;
  /** Input that came over this port, in bytes, and how much of that the page knows to be with the proxy. */
  #typedBytes = 0;
  #takenBytes = 0;

  /** Whoever drives the device's terminal now; it outlives a tree of actors, and the port outlives both. */
  serve(events: PortEvents | null, input: "now" | "later" = "now"): void {
    this.#events = events;
    this.#takesInput = false;
    if (events !== null && input === "now") this.takeInput();
  }

  /** There is a session for what was typed, or none will be: until then input waits, as it does for the next worker [U97]. */
  takeInput(): void {
    this.#takesInput = true;
    this.#unheardBytes = 0;
    for (const { bytes, hidden } of this.#unheard.splice(0)) this.#events?.input(bytes, hidden);
  }

  /** What the page said it has, or was given since. */
  get have(): { stream: string | null; pos: number } {
    return this.#have;
  }

  /** Whether a page has said what it has, and nobody else has taken its place since. */
  get heard(): boolean {
    return this.#heard;
  }

  attach(port: MessagePort): void {
    this.#port?.close();
    this.#port = port;
    this.#heard = false;
    this.#typedBytes = this.#takenBytes = 0;
    port.addEventListener("message", (event: MessageEvent) => {
      if (this.#port === port) this.#hear(event.data as BytesToWorker);
    });
    port.start();
  }

  /** Output of `stream` begins at `pos`. */
  begin(stream: string, pos: number, clear: boolean): void {
    this.#undrawn = [];
    this.#have = { stream, pos };
    this.#begunAt = pos;
    this.#post({ t: "begin", stream, pos, clear });
  }

  /**
   * `seen`: as a replay, which the terminal does not answer, but drawn for the first time, so that it gives credit. What the
   * page has is not given to it again: after a worker was replaced, output comes from the end of what that one had stored,
   * and the page may be further [U97].
   */
  out(pos: number, body: ArrayBuffer, seen = false): void {
    const known = Math.min(Math.max(0, this.#have.pos - pos), body.byteLength);
    if (known > 0) this.#events?.applied(known);
    if (known < body.byteLength) this.#give(pos + known, known === 0 ? body : body.slice(known), seen);
  }

  #give(pos: number, body: ArrayBuffer, seen: boolean): void {
    const to = pos + body.byteLength;
    this.#undrawn.push({ from: pos, to });
    this.#have = { ...this.#have, pos: to };
    this.#post({ t: "out", pos, body, replay: seen }, [body]);
    // Nobody knows when the next bytes come: what is typed must not wait for them.
    if (seen) this.restoring(0, 0);
  }

  /** Output from the log [WP31]; the terminal's word that it drew it gives no credit. */
  replay(pos: number, bytes: Uint8Array<ArrayBuffer>): void {
    this.#have = { ...this.#have, pos: pos + bytes.length };
    this.#post({ t: "out", pos, body: bytes.buffer, replay: true }, [bytes.buffer]);
  }

  restoring(done: number, total: number): void {
    this.#post({ t: "restoring", done, total });
  }

  /** Output that waits or is not drawn is not to be counted on any more. Gives how many bytes that is. */
  startOver(): number {
    let bytes = 0;
    for (const { from, to } of this.#undrawn.splice(0)) bytes += to - from;
    this.#waiting = this.#waiting.filter(({ message }) => message.t === "note");
    return bytes;
  }

  /** Of a range that is lost, the part that the page does not have: also what lies before its screen began. */
  gap(from: number, to: number): void {
    if (to > this.#have.pos) this.#lose(Math.max(from, this.#have.pos), to);
    else if (from < this.#begunAt) this.#post({ t: "gap", from, to });
  }

  #lose(from: number, to: number): void {
    this.#have = { ...this.#have, pos: to };
    this.#post({ t: "gap", from, to });
  }

  size(cols: number, rows: number, replay = false): void {
    this.#post({ t: "size", cols, rows, replay });
  }

  note(text: string): void {
    this.#post({ t: "note", text });
  }

  close(): void {
    this.#port?.close();
    this.#port = null;
    this.#heard = false;
    this.#waiting.length = 0;
  }

  /** Nothing that was typed waits here or on the way: a page that loses its worker now has lost nothing of it [U97]. */
  settle(): void {
    if (this.#unheardBytes > 0 || this.#takenBytes === this.#typedBytes) return;
    this.#takenBytes = this.#typedBytes;
    this.#port?.postMessage({ t: "taken", bytes: this.#takenBytes } satisfies TakenBytes);
  }

  #hear(message: BytesToWorker): void {
    if (message.t === "in") this.#typed(new Uint8Array(message.body), message.hidden === true);
    else if (message.t === "applied") this.#drawn(message.pos);
    else if (message.t === "closed") this.#forget();
    else {
      // What was kept for a page without a port is for this one.
      if (this.#waiting.length === 0) {
        this.#have = { stream: message.stream, pos: message.pos };
        this.#begunAt = 0;
      }
      this.#heard = true;
      const begun = this.#waiting.some((kept) => kept.message.t === "begin");
      this.#events?.have(message.stream, message.pos, begun);
      for (const { message: kept, transfer } of this.#waiting.splice(0)) this.#port?.postMessage(kept, transfer);
    }
  }

  /** No terminal has anything of the stream any more; what comes from here on waits for the next one. */
  #forget(): void {
    this.close();
    this.#undrawn = [];
    this.#have = { stream: null, pos: 0 };
    this.#begunAt = 0;
  }

  /** Counts bytes, not positions: gaps were never drawn. */
  #drawn(pos: number): void {
    let bytes = 0;
    while (this.#undrawn.length > 0) {
      const first = this.#undrawn[0];
      if (first === undefined || first.from >= pos) break;
      const to = Math.min(first.to, pos);
      bytes += to - first.from;
      first.from = to;
      if (first.from < first.to) break;
      this.#undrawn.shift();
    }
    if (bytes > 0) this.#events?.applied(bytes);
  }

  #typed(bytes: Uint8Array, hidden: boolean): void {
    this.#typedBytes += bytes.length;
    if (this.#events !== null && this.#takesInput) this.#events.input(bytes, hidden);
    else if (this.#unheardBytes + bytes.length > INPUT_QUEUE_BYTES) {
      this.note(`${bytes.length} bytes of input did not fit into the queue and were not taken`);
    } else {
      this.#unheard.push({ bytes, hidden });
      this.#unheardBytes += bytes.length;
    }
  }

  #post(message: BytesToPage, transfer: Transferable[] = []): void {
    // What waits for a page goes out with its first word; until then nothing may overtake it.
    const queued = !this.#heard && this.#waiting.length > 0;
    if (this.#port === null || queued) this.#waiting.push({ message, transfer });
    else this.#port.postMessage(message, transfer);
  }
}
