/**
 * Input of one session at the page: the bytes [acked, end) are kept until the proxy has them [WP16], each sent once per
 * proof [WP18], and never reused positions [WP21]. Positions in bytes, times in ms.
 *
 * - type(bytes, now): append; false when the queue is full (nothing was taken).
 * - nextIn(bufferedAmount): the next frame's position and body, or undefined.
 * - onAck(accepted, limit): of the proxy; false: it acknowledges what was never sent (close the link).
 * - onWelcome(positions, now): a new attachment; says what became of unsent input.
 * - held(): bytes that wait for a person's "send or discard" [WP19]; release(), discardHeld() or replaceHeldHead() decides.
 * - lineStart: the beginning of the line that the proxy has and that is not finished [S92].
 * - unsent, unproven, unsentHead(): what never left the page, and what left it without a proof that it arrived.
 * - discardUnsent(): drops what never left the page.
 */
import {
  INPUT_QUEUE_BYTES,
  KEPT_WRITERS,
  MAX_IN_BODY_BYTES,
  PAGE_SOCKET_HIGH_WATER_BYTES,
  STALE_INPUT_MS,
} from "../limits.ts";
import { ByteQueue } from "./byte-queue.ts";
import { LineStart } from "./line-start.ts";

/** What a terminal does with input older than 10 s after a resume, and what telemetry does with any [WP19]. */
export type StalePolicy = "ask" | "discard";
/** What welcome, attached or connected say of input. */
export type WelcomePositions = {
  in_next: number;
  in_limit: number;
  epoch: number;
  own?: { pos: number; epoch: number } | undefined;
};
export type WelcomeOutcome =
  /** `discarded`: bytes that a welcome proved undelivered and that were dropped (telemetry). */
  { ok: true; discarded: number; held: boolean } | { ok: false; reason: "input_diverged" };

export class InputSender {
  readonly #policy: StalePolicy;
  /** Position of the first kept byte; null until a proxy said where a restored page goes on [WP26]. */
  #acked: number | null;
  #sent: number;
  /** Nothing at or above this was ever sent and is possibly delivered [WP21]. */
  #everSent: number;
  #limit = 0;
  readonly #bytes = new ByteQueue();
  /** When the kept bytes were typed, oldest first. */
  #typed: { start: number; end: number; at: number; secret: boolean }[] = [];
  readonly #line: LineStart;
  #held = false;
  /** How far positions were moved by the welcome of an epoch, because another page wrote [WP18]. */
  readonly #moves: { epoch: number; by: number }[] = [];

  /** `start` null: a restored page, which takes the proxy's position and owns no input of the one before [WP20]. */
  constructor(policy: StalePolicy, start: number | null = 0) {
    this.#policy = policy;
    this.#acked = start;
    this.#sent = start ?? 0;
    this.#everSent = start ?? 0;
    this.#line = new LineStart(start !== null);
  }

  /** For hello: null asks for the proxy's position. */
  get acked(): number | null {
    return this.#acked;
  }

  /** Position after the last typed byte. */
  get end(): number {
    return (this.#acked ?? 0) + this.#bytes.length;
  }

  /** Bytes that the proxy has not acknowledged. */
  get unacknowledged(): number {
    return this.#bytes.length;
  }

  /** When the oldest unacknowledged byte was typed, for the "stale" badge and the PING [section 11]. */
  get oldestUnackedAt(): number | null {
    return this.#typed[0]?.at ?? null;
  }

  /** `secret`: these bytes are never to be shown [S72]. */
  type(bytes: Uint8Array, now: number, secret = false): boolean {
    if (bytes.length === 0) return true;
    if (this.#bytes.length + bytes.length > INPUT_QUEUE_BYTES) return false;
    const start = this.end;
    this.#bytes.push(bytes);
    const last = this.#typed.at(-1);
    if (last?.at === now && last.secret === secret) last.end = this.end;
    else this.#typed.push({ start, end: this.end, at: now, secret });
    return true;
  }

  /** A frame to send now, inside the grant and while the socket keeps up [WP16]. The body is a copy. */
  nextIn(bufferedAmount: number): { pos: number; body: Uint8Array<ArrayBuffer> } | undefined {
    if (this.#acked === null || this.#held || bufferedAmount >= PAGE_SOCKET_HIGH_WATER_BYTES) return undefined;
    const pos = this.#sent;
    const length = Math.min(this.end - pos, this.#limit - pos, MAX_IN_BODY_BYTES);
    if (length <= 0) return undefined;
    this.#sent += length;
    this.#everSent = Math.max(this.#everSent, this.#sent);
    return { pos, body: this.#bytes.copy(pos - this.#acked, length) };
  }

  onAck(accepted: number, limit: number): boolean {
    if (this.#acked === null || accepted > this.#sent) return false;
    this.#drop(accepted);
    this.#limit = Math.max(this.#limit, limit);
    return true;
  }

  #drop(below: number): void {
    const from = this.#acked ?? 0;
    if (below <= from) return;
    const secret = this.#typed.some((mark) => mark.secret && mark.start < below);
    this.#line.took(this.#bytes.copy(0, below - from), secret);
    this.#bytes.drop(below - from);
    this.#acked = below;
    this.#typed = this.#typed.filter((mark) => mark.end > below);
  }

  /** No link: nothing may be sent until the next welcome. */
  onLinkLost(): void {
    this.#limit = 0;
  }

  /**
   * The proxy has everything below `in_next` and nothing above: go on from there [WP18]. When another page wrote since,
   * `own` is how far this page's own bytes went, and what is left moves to `in_next`.
   */
  onWelcome({ in_next, in_limit, epoch, own }: WelcomePositions, now: number): WelcomeOutcome {
    const reached = own === undefined ? in_next : this.#inPresentCount(own);
    if (this.#acked !== null) {
      if (reached < this.#acked || reached > this.#everSent) return { ok: false, reason: "input_diverged" };
      this.#drop(reached);
    }
    this.#moveTo(in_next, epoch);
    this.#sent = in_next;
    this.#everSent = in_next;
    this.#limit = in_limit;
    if (this.#policy === "discard") return { ok: true, discarded: this.#discardFrom(in_next), held: false };
    const oldest = this.#typed[0];
    if (oldest !== undefined && now - oldest.at > STALE_INPUT_MS) this.#held = true;
    return { ok: true, discarded: 0, held: this.#held };
  }

  /** A welcome may answer a request that was made before another one moved the positions. */
  #inPresentCount({ pos, epoch }: { pos: number; epoch: number }): number {
    return this.#moves.reduce((at, move) => (move.epoch > epoch ? at + move.by : at), pos);
  }

  /** What is kept counts from `in_next` on. */
  #moveTo(in_next: number, epoch: number): void {
    const by = in_next - (this.#acked ?? 0);
    if (this.#acked !== null && by !== 0) this.#moves.push({ epoch, by });
    // As many as the proxy remembers pages; answers to older requests cannot be on their way any more.
    if (this.#moves.length > KEPT_WRITERS) this.#moves.shift();
    this.#acked = in_next;
    if (by === 0) return;
    this.#line.forget();
    this.#typed = this.#typed.map((mark) => ({ ...mark, start: mark.start + by, end: mark.end + by }));
  }

  /** Bytes that never left the page. */
  get unsent(): number {
    return Math.max(0, this.end - this.#everSent);
  }

  /** Bytes that left the page and that nothing has proved to have arrived: the device may have them [U100]. */
  get unproven(): number {
    return this.#bytes.length - this.unsent;
  }

  /** A copy of the first bytes that never left the page, at most `max` of them. */
  unsentHead(max: number): Uint8Array<ArrayBuffer> {
    return this.#bytes.copy(this.unproven, Math.min(max, this.unsent));
  }

  /** A copy of what waits for "send or discard": all that is undelivered, so that no line is cut in two [WP19]. */
  held(): Uint8Array<ArrayBuffer> | null {
    return this.#held ? this.#bytes.copy(0, this.#bytes.length) : null;
  }

  /** What the proxy has of a line that is not finished; null: not known, or not to be shown. A copy. */
  get lineStart(): Uint8Array<ArrayBuffer> | null {
    return this.#line.bytes?.slice() ?? null;
  }

  /**
   * The person said to go on from the next line: the first `length` bytes of what is held go, `instead` comes in their
   * place, and the rest follows. A welcome proved that none of it arrived, so its positions are free [WP21]. False, and
   * nothing done, where that does not fit.
   */
  replaceHeldHead(length: number, instead: Uint8Array): boolean {
    const held = this.held();
    if (held === null || length > held.length || held.length - length + instead.length > INPUT_QUEUE_BYTES)
      return false;
    const oldest = this.#typed[0]?.at ?? 0;
    const secret = this.#typed.some((mark) => mark.secret);
    this.discardHeld();
    this.type(instead, oldest, secret);
    this.type(held.subarray(length), oldest, secret);
    return true;
  }

  /** The person said send. */
  release(): void {
    this.#held = false;
  }

  /** The person said discard. Gives the number of bytes; nothing happens unless something is held. */
  discardHeld(): number {
    if (!this.#held) return 0;
    this.#held = false;
    return this.#discardFrom(this.#everSent);
  }

  /** Drops what was never sent: the only input that may go without a welcome's proof [WP21]. Gives its length. */
  discardUnsent(): number {
    return this.#discardFrom(this.#everSent);
  }

  #discardFrom(pos: number): number {
    const discarded = this.end - pos;
    if (discarded <= 0) return 0;
    this.#bytes.truncate(this.#bytes.length - discarded);
    this.#typed = this.#typed.filter((mark) => mark.start < pos);
    const last = this.#typed.at(-1);
    if (last !== undefined) last.end = Math.min(last.end, pos);
    return discarded;
  }
}
