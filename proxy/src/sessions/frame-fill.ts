import { MAX_OUT_BODY_BYTES } from "#protocol/limits.ts";

/** What sshd reads from a terminal at once, in bytes. */
const PIECE_BYTES = 4_096;
/** No whole piece fits any more: a piece beyond would go out as a small frame behind a full one. */
const FULL_BYTES = MAX_OUT_BODY_BYTES - PIECE_BYTES;
/** Output of at least this size is part of a table or a flood; an echo is smaller and never waits. */
const FLOOD_PIECE_BYTES = 1_024;
/** How long a frame that is not full waits for more: a fraction of a display frame. */
export const FILL_MS = 2;

/**
 * When to send what a device has said. sshd hands out a terminal's output in small pieces; each as a frame of its own
 * costs the browser more than its bytes do, so pieces of a flood wait shortly to fill one frame.
 */
export class FrameFill {
  readonly #send: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** `send` sends what there is; whoever sends at another time calls {@link sent}. */
  constructor(send: () => void) {
    this.#send = send;
  }

  /** A piece of `bytes` came; `unsent` bytes are not with the page yet, that piece among them. */
  added(bytes: number, unsent: number): void {
    if (bytes < FLOOD_PIECE_BYTES || unsent > FULL_BYTES) this.#send();
    else this.#timer ??= setTimeout(this.#send, FILL_MS);
  }

  /** Nothing waits any more. */
  sent(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
