/**
 * Output of one session at the page: `saved <= applied <= recv` [I8], overlap trimmed, credit and ACKs [WP8] [WP9].
 * Positions in bytes, times in ms of any monotonic clock.
 *
 * - onOut(pos, body): the bytes that are new, to be moved to the terminal in order; or why the link must be closed.
 * - onApplied(bytes, now): the terminal's write callback ran for so many more bytes.
 * - onSaved(pos): everything below is in storage. A page without a log never calls it.
 * - ackAt(): when an ACK is due (0: now), null when there is nothing to say; takeAck() gives it and counts it as sent.
 */
import { ACK_DELAY_MS, OUT_WINDOW_BYTES } from "../limits.ts";

export type OutVerdict =
  /** `bytes` is a view into the frame's body and empty for a repetition; they start at `pos`. */
  { ok: true; pos: number; bytes: Uint8Array } | { ok: false; reason: "beyond_recv" | "credit_overrun" };

export class OutputReceiver {
  #recv: number;
  #applied: number;
  /** End of what is in storage; it may run ahead of what is applied, but is not reported so [I8]. */
  #stored: number;
  #window: number;
  /** Highest limit that the proxy was told; never taken back. */
  #limit = 0;
  #ackedApplied = -1;
  #ackedSaved = -1;
  /** When the first application after the last ACK happened. */
  #unackedSince: number | null = null;
  #ackNow = false;
  /** Announced gaps that the terminal has not reached yet. */
  readonly #holes: { from: number; to: number }[] = [];

  constructor(start = 0, window: number = OUT_WINDOW_BYTES) {
    this.#recv = start;
    this.#applied = start;
    this.#stored = start;
    this.#window = window;
  }

  /** Contiguous bytes handed on to the terminal. */
  get recv(): number {
    return this.#recv;
  }

  get applied(): number {
    return this.#applied;
  }

  get saved(): number {
    return Math.min(this.#stored, this.#applied);
  }

  /** Received and not in storage. */
  get unsaved(): number {
    return this.#recv - this.#stored;
  }

  /** First position that the proxy may not send yet; for hello and ACKs. Telling it binds the page to it. */
  grant(): number {
    this.#limit = Math.max(this.#limit, this.#applied + this.#window);
    return this.#limit;
  }

  /** New window [WP9]; a smaller one takes effect as output is applied, a larger one at the next ACK. */
  setWindow(bytes: number): void {
    if (bytes > this.#window) this.#ackNow = true;
    this.#window = bytes;
  }

  onOut(pos: number, body: Uint8Array): OutVerdict {
    if (pos > this.#recv) return { ok: false, reason: "beyond_recv" };
    if (pos + body.length > Math.max(this.#limit, this.#recv)) return { ok: false, reason: "credit_overrun" };
    const bytes = body.subarray(Math.min(body.length, this.#recv - pos));
    const start = this.#recv;
    this.#recv += bytes.length;
    return { ok: true, pos: start, bytes };
  }

  onApplied(bytes: number, now: number): void {
    this.#unackedSince ??= now;
    let left = bytes;
    while (left > 0 && this.#applied < this.#recv) {
      const step = Math.min(left, (this.#holes[0]?.from ?? this.#recv) - this.#applied);
      this.#applied += step;
      left -= step;
      this.#crossHole();
    }
  }

  /** A hole counts as applied when all before it is. */
  #crossHole(): void {
    const hole = this.#holes[0];
    if (hole === undefined || this.#applied < hole.from) return;
    this.#applied = hole.to;
    this.#holes.shift();
  }

  onSaved(pos: number): void {
    this.#stored = Math.max(this.#stored, Math.min(pos, this.#recv));
  }

  /** Output goes on at `pos`: what lies between is announced as missing, or was never wanted. */
  skipTo(pos: number): void {
    if (pos <= this.#recv) return;
    if (this.#stored === this.#recv) this.#stored = pos;
    this.#holes.push({ from: this.#recv, to: pos });
    this.#recv = pos;
    this.#crossHole();
    this.#ackNow = true;
  }

  /** A new attachment knows nothing of earlier ACKs: tell it at once. */
  ackAnew(): void {
    this.#ackNow = true;
  }

  ackAt(): number | null {
    const moved = this.#applied - Math.max(0, this.#ackedApplied);
    if (this.#ackNow || this.saved > this.#ackedSaved || moved >= this.#window / 4) return 0;
    if (this.#applied > this.#ackedApplied && this.#unackedSince !== null) return this.#unackedSince + ACK_DELAY_MS;
    return null;
  }

  /** Fields of the ACK to send now. */
  takeAck(): { pos: number; limit: number; saved: number } {
    this.#ackedApplied = this.#applied;
    this.#ackedSaved = this.saved;
    this.#unackedSince = null;
    this.#ackNow = false;
    return { pos: this.#applied, limit: this.grant(), saved: this.saved };
  }
}
