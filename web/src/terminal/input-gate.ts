import { escapeHidden } from "./device-text.ts";
import type { HeldInput } from "./terminal-handle.ts";

/** Input that waited longer than this is shown and needs send or discard [S92]. */
export const HELD_MAX_MS = 10_000;
/** Largest piece that goes to the worker at once; the proxy takes no larger one [S90]. */
export const PIECE_MAX_BYTES = 16 * 1024;
/** Longest part of waiting input that is shown. */
const SHOWN_MAX_CHARS = 400;

export type GateDeps = {
  send(bytes: Uint8Array): void;
  changed(held: HeldInput | undefined): void;
  now(): number;
};

const encoder = new TextEncoder();

/** Waiting input as a person reads it: Enter as its symbol, control keys in caret form [U13]. */
export function shownInput(text: string): string {
  return text
    .split("\r")
    .map((part) => escapeHidden(part, SHOWN_MAX_CHARS))
    .join("⏎ ");
}

/** Cuts bytes into pieces of at most 16 KiB, never inside a UTF-8 character. */
export function pieces(bytes: Uint8Array): Uint8Array[] {
  const cut: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const full = Math.min(bytes.length, start + PIECE_MAX_BYTES);
    let end = full;
    // A character has at most three bytes after its first; what has more is no UTF-8 and is cut anywhere.
    while (end < bytes.length && full - end < 3 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
    cut.push(bytes.subarray(start, end));
    start = end;
  }
  return cut;
}

/** The way from the keyboard to the device: open, or closed while a log is restored, when typed text waits [S82]. */
export class InputGate {
  readonly #deps: GateDeps;
  #closed = false;
  #held = "";
  #since = 0;

  constructor(deps: GateDeps) {
    this.#deps = deps;
  }

  /** Sends text as UTF-8, or keeps it while the gate is closed or older text waits for an answer. */
  send(text: string): void {
    if (text === "") return;
    if (!this.#closed && this.#held === "") {
      for (const piece of pieces(encoder.encode(text))) this.#deps.send(piece);
      return;
    }
    if (this.#held === "") this.#since = this.#deps.now();
    this.#held += text;
    this.#publish();
  }

  close(): void {
    this.#closed = true;
  }

  /** Lets waiting text go, unless it is older than 10 s: then a person decides [S92]. */
  open(): void {
    this.#closed = false;
    if (this.#held === "" || this.#deps.now() - this.#since <= HELD_MAX_MS) this.#release();
    else this.#publish();
  }

  answer(what: "send" | "discard"): void {
    if (what === "discard") this.#held = "";
    if (!this.#closed) this.#release();
    this.#publish();
  }

  #release(): void {
    const text = this.#held;
    this.#held = "";
    this.send(text);
    this.#publish();
  }

  #publish(): void {
    const text = this.#held;
    if (text === "") {
      this.#deps.changed(undefined);
      return;
    }
    const needsAnswer = !this.#closed;
    const bytes = encoder.encode(text).length;
    this.#deps.changed({ text: shownInput(text), bytes, oldestAt: this.#since, needsAnswer });
  }
}
