/**
 * Acceptance of input by position [WP17] and its grant [WP16]. Positions in bytes from the session's start.
 * The gate knows nothing of links: the session asks it only about frames of the current attachment.
 */
import { IN_WINDOW_BYTES } from "../limits.ts";

/** Growth of the grant that is worth an ACK of its own. */
const GRANT_STEP_BYTES = IN_WINDOW_BYTES / 4;

export type InputVerdict =
  /** `fresh`: what the device has not had yet; empty for a repetition. A view into the frame's body. */
  { ok: true; fresh: Uint8Array } | { ok: false; reason: "input_gap" | "input_over_grant" };

export class InputGate {
  #next = 0;
  #taken = 0;
  #announced: number = IN_WINDOW_BYTES;
  #ackPending = false;

  /** Next position that will be accepted; everything below was written to the channel, once. */
  get next(): number {
    return this.#next;
  }

  /** First position that may not be sent yet: bytes taken by the SSH channel + 64 KiB [WP16]. */
  get limit(): number {
    return this.#taken + IN_WINDOW_BYTES;
  }

  /** Whether an ACK should go out within 20 ms [WP17]. */
  get ackDue(): boolean {
    return this.#ackPending || this.limit - this.#announced >= GRANT_STEP_BYTES;
  }

  /** Takes a frame whole, less what came before, or refuses it whole. */
  accept(pos: number, body: Uint8Array): InputVerdict {
    if (pos > this.#next) return { ok: false, reason: "input_gap" };
    if (pos + body.length > this.limit) return { ok: false, reason: "input_over_grant" };
    const fresh = body.subarray(Math.min(body.length, this.#next - pos));
    this.#next += fresh.length;
    this.#ackPending = true;
    return { ok: true, fresh };
  }

  /** The SSH channel has taken `bytes` more of what was written to it. */
  took(bytes: number): void {
    this.#taken = Math.min(this.#next, this.#taken + bytes);
  }

  /** Position and grant for the page; they count as told. */
  announce(): { next: number; limit: number } {
    this.#ackPending = false;
    this.#announced = this.limit;
    return { next: this.#next, limit: this.limit };
  }
}
