import type { BytesToPage } from "#bridge/types.ts";

/** Output that pauses this long, in ms, has come to its end as far as a person can tell [U14]. */
export const QUIET_MS = 300;
/** So much of what is skipped is kept to be drawn at the end: some screens of text. */
const TAIL_BYTES = 128 * 1024;
/** Rows left on the screen for the line that says how much was not drawn, and for the prompt. */
const NOTE_ROWS = 4;
/** Longest last line that is looked at for a prompt. */
const LINE_BYTES = 400;
const KIB = 1_024;
const LF = 10;

/** What a full-screen program begins with: from there on every byte counts for the picture. */
const ALTERNATE = /\x1b\[\?(?:47|1047|1049)h/;
/** Escape sequences and control characters, which a prompt on the screen does not show. */
const INVISIBLE = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|[\x00-\x1f\x7f]/g;

export type SkipDeps = {
  /** On to the terminal. */
  pass(message: BytesToPage): void;
  /** Credit for what is not drawn [WP9]. */
  applied(pos: number): void;
  /** Whether a last line is the device's prompt, as far as that is known [U103]. */
  isPrompt(line: string): boolean;
  /** Rows of the screen: nearly as many are drawn at the end. */
  rows(): number;
  /** Nothing that came before waits to be drawn: only then is a pause the device's. */
  idle(): boolean;
  changed(skipping: { bytes: number } | undefined): void;
  /** Runs after so many ms; gives the way to call it off. */
  after(ms: number, run: () => void): () => void;
};

/**
 * "Skip to prompt" [U14]: output is taken, credited and logged as ever, but not drawn, until the device's known prompt or
 * {@link QUIET_MS} of quiet. Then a line says how much was not drawn, and the last screen of it is. Nothing is sent.
 */
export class OutputSkip {
  readonly #deps: SkipDeps;
  #active = false;
  #tail: Uint8Array[] = [];
  #tailBytes = 0;
  #bytes = 0;
  #end = 0;
  #calm: (() => void) | undefined;

  constructor(deps: SkipDeps) {
    this.#deps = deps;
  }

  begin(): void {
    if (this.#active) return;
    this.#active = true;
    this.#deps.changed({ bytes: 0 });
    this.#wait();
  }

  take(message: BytesToPage): void {
    // The size changes when the strip that says "skipping" appears: no reason to stop.
    if (!this.#active || (message.t === "size" && !message.replay)) {
      this.#deps.pass(message);
      return;
    }
    if (message.t !== "out" || message.replay || ALTERNATE.test(latin(new Uint8Array(message.body)))) {
      this.finish();
      this.#deps.pass(message);
      return;
    }
    this.#skip(message.pos, new Uint8Array(message.body));
    if (this.#deps.isPrompt(this.#lastLine())) this.finish();
    else this.#wait();
  }

  #skip(pos: number, bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    this.#end = pos + bytes.length;
    this.#tail.push(bytes);
    this.#tailBytes += bytes.length;
    for (let first = this.#tail[0]; first !== undefined && this.#tailBytes - first.length >= TAIL_BYTES; ) {
      this.#tailBytes -= first.length;
      this.#tail.shift();
      first = this.#tail[0];
    }
    this.#deps.applied(this.#end);
    this.#deps.changed({ bytes: this.#bytes });
  }

  #wait(): void {
    this.#calm?.();
    this.#calm = this.#deps.after(QUIET_MS, () => {
      if (this.#deps.idle()) this.finish();
      else this.#wait();
    });
  }

  #lastLine(): string {
    const last = this.#tail.at(-1);
    if (last === undefined) return "";
    // A prompt that came in two pieces lies in the last two.
    const before = last.length < LINE_BYTES ? this.#tail.at(-2) : undefined;
    const bytes = before === undefined ? last : joined([before.subarray(-LINE_BYTES), last]);
    const text = new TextDecoder().decode(bytes.subarray(-LINE_BYTES));
    return (text.split(/\r?\n|\r/).at(-1) ?? "").replaceAll(INVISIBLE, "");
  }

  /** Draws again from here on; a person may want that before the prompt. */
  finish(): void {
    if (!this.#active) return;
    this.#active = false;
    this.#calm?.();
    const shown = lastLines(
      joined(this.#tail),
      Math.max(1, this.#deps.rows() - NOTE_ROWS),
      this.#bytes > this.#tailBytes,
    );
    const hidden = this.#bytes - shown.length;
    if (hidden > 0) this.#deps.pass({ t: "note", text: `${amount(hidden)} not drawn` });
    const pos = this.#end - shown.length;
    if (shown.length > 0) this.#deps.pass({ t: "out", pos, body: shown.slice().buffer, replay: false });
    this.#tail = [];
    this.#tailBytes = 0;
    this.#bytes = 0;
    this.#deps.changed(undefined);
  }

  /** The terminal is gone. */
  close(): void {
    this.#calm?.();
    this.#active = false;
    this.#tail = [];
  }
}

const latin = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The last lines, whole ones: none is cut, so no character and no sequence is either. `cut`: the first one may be. */
function lastLines(bytes: Uint8Array, lines: number, cut: boolean): Uint8Array {
  let from = bytes.length;
  for (let left = lines; left > 0 && from > 0; left--) {
    from = bytes.lastIndexOf(LF, from - 1);
    if (from < 0) return cut ? bytes.subarray(bytes.indexOf(LF) + 1) : bytes;
  }
  return bytes.subarray(Math.min(bytes.length, from + 1));
}

function amount(bytes: number): string {
  const exact = bytes === 1 ? "1 byte" : `${bytes} bytes`;
  return bytes < KIB ? exact : `${(bytes / KIB).toFixed(1)} KiB (${exact})`;
}
