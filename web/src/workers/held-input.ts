import type { TerminalView } from "#machines/views.ts";
import { visibleText } from "./visible-text.ts";

/** Lines of waiting input that are shown; the rest is counted. */
const SHOWN_LINES = 4;
/** Longest part of them that is shown. */
const SHOWN_BYTES = 1_024;

const CR = 0x0d;
/** What the key sends [U16]. */
const BACKSPACE = 0x7f;

type Held = NonNullable<TerminalView["stale_input"]>;

/** Length of the line that `input` begins with, its end included; all of it where no line ends. */
function firstLine(input: Uint8Array): number {
  const end = input.indexOf(CR);
  return end < 0 ? input.length : end + 1;
}

/** Lines that begin in `input`, the last one finished or not. */
function linesOf(input: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < input.length; at += firstLine(input.subarray(at))) count++;
  return count;
}

/** The first lines of waiting input, as text that does not act. */
function headOf(input: Uint8Array): string {
  let end = 0;
  for (let line = 0; line < SHOWN_LINES && end < input.length; line++) end += firstLine(input.subarray(end));
  const shown = Math.min(end, SHOWN_BYTES);
  return `${visibleText(input.subarray(0, shown)).replace(/⏎(?=.)/gsu, "⏎\n")}${shown < input.length ? "…" : ""}`;
}

/** How many characters the unfinished line has, where a device erases it with as many Backspaces; undefined elsewhere. */
function erasable(lineStart: Uint8Array | null): number | undefined {
  if (lineStart === null || lineStart.length === 0) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(lineStart);
    // A control key may have moved the cursor, completed a word or ended the line.
    return /[\p{Cc}\p{Cf}]/u.test(text) ? undefined : Array.from(text).length;
  } catch {
    return undefined;
  }
}

/**
 * What waits for "send or discard": its first lines and how many there are; and where it was cut inside a line, what the
 * device has of that line [S92] [U46].
 */
export function heldInput(
  held: Uint8Array,
  lineStart: Uint8Array | null,
): Omit<Held, "bytes" | "oldest_at" | "hidden"> {
  const lines = linesOf(held);
  const rest = firstLine(held);
  const chars = erasable(lineStart);
  const text = headOf(held);
  // Without a further line there is nothing to go on with.
  if (lineStart === null || chars === undefined || rest >= held.length) return { text, lines };
  return { text, lines, cut: { at_device: visibleText(lineStart) } };
}

/**
 * To go on from the next line: so many bytes of what waits go, and these erase what the device has of the cut line, for
 * the next one must not follow it. Undefined where that cannot be.
 */
export function eraseCutLine(
  held: Uint8Array,
  lineStart: Uint8Array | null,
): { skip: number; erase: Uint8Array } | undefined {
  const chars = erasable(lineStart);
  const skip = firstLine(held);
  if (chars === undefined || skip >= held.length) return undefined;
  return { skip, erase: new Uint8Array(chars).fill(BACKSPACE) };
}
