import type { CopyResult } from "./terminal-handle.ts";

/**
 * A selection as text: wrapped lines are joined by the terminal, trailing blanks go, control characters too [U39].
 */
export function copyText(selection: string): string {
  return selection
    .replace(/\r\n?/g, "\n")
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "")
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** Word boundaries of a network CLI: interface names, addresses and paths are one word. */
export const WORD_SEPARATORS = " ()[]{}'\",;`|<>=";

/** Column and length of the word at `column`; undefined on a blank. */
export function wordAt(line: string, column: number): { start: number; length: number } | undefined {
  const part = (at: number) => at >= 0 && at < line.length && !WORD_SEPARATORS.includes(line.charAt(at));
  if (!part(column)) return undefined;
  let start = column;
  let end = column;
  while (part(start - 1)) start--;
  while (part(end + 1)) end++;
  return { start, length: end - start + 1 };
}

/** Writes to the clipboard; when it refuses, or there is none here, the text comes back to be copied by hand [U39]. */
export async function writeClipboard(text: string): Promise<CopyResult> {
  try {
    await navigator.clipboard.writeText(text);
    return { ok: true };
  } catch {
    return { ok: false, text };
  }
}
