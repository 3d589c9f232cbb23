import { type Rendered, renderLine } from "./render-line.ts";

const LF = 10;
/** A line without an end is cut here, so that one endless line cannot hold unbounded memory. */
const MAX_LINE_BYTES = 262_144;

/** Joins byte chunks. */
export function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}

/**
 * Turns terminal bytes into lines, whatever the borders of the chunks [T46]. Finished lines are handed out once; the
 * unfinished last line can be looked at any time.
 */
export class Normaliser {
  private pending: Uint8Array[] = [];
  private pendingBytes = 0;
  private rendered: Rendered | undefined;
  /** Some line was no UTF-8. */
  latin1 = false;

  /** Takes bytes and returns the lines that they finished. */
  push(bytes: Uint8Array): string[] {
    const out: string[] = [];
    let from = 0;
    for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, from)) {
      this.fill(bytes.subarray(from, at), out);
      out.push(...this.take());
      from = at + 1;
    }
    this.fill(bytes.subarray(from), out);
    return out;
  }

  /** Holds bytes of the current line; what goes beyond the longest line starts another. */
  private fill(bytes: Uint8Array, out: string[]): void {
    let rest = bytes;
    while (this.pendingBytes + rest.length > MAX_LINE_BYTES) {
      const room = MAX_LINE_BYTES - this.pendingBytes;
      this.hold(rest.subarray(0, room));
      out.push(...this.take());
      rest = rest.subarray(room);
    }
    this.hold(rest);
  }

  /** The last line, which has no end yet. */
  tail(): string {
    return this.render().lines.at(-1) ?? "";
  }

  /** Lines of the rest, when no more bytes will come. */
  finish(): string[] {
    return this.pendingBytes === 0 ? [] : this.take();
  }

  private hold(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.pending.push(bytes.slice());
    this.pendingBytes += bytes.length;
    this.rendered = undefined;
  }

  private render(): Rendered {
    this.rendered ??= renderLine(concat(this.pending));
    return this.rendered;
  }

  private take(): string[] {
    const { lines, latin1 } = this.render();
    this.latin1 ||= latin1;
    this.reset();
    return lines;
  }

  private reset(): void {
    this.pending = [];
    this.pendingBytes = 0;
    this.rendered = undefined;
  }
}

/** Lines of a whole text. */
export function normalise(bytes: Uint8Array): { lines: string[]; latin1: boolean } {
  const normaliser = new Normaliser();
  const lines = normaliser.push(bytes);
  lines.push(...normaliser.finish());
  return { lines, latin1: normaliser.latin1 };
}
