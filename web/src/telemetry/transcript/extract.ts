import { normalise } from "./normaliser.ts";
import { afterPrompt, isPrompt, type Prompt } from "./prompt.ts";
import { renderLine } from "./render-line.ts";

/** What to look for in the raw bytes of one command over a shell. */
export type Extraction = {
  /** Bytes from the command's write on, led by the prompt that stood before it. */
  raw: Uint8Array;
  prompt: Prompt;
  command: string;
  marker?: string | undefined;
  nonce: string;
  /** Whole lines of this form are unsolicited log lines [T49]; absent in log commands. */
  logLine?: RegExp | undefined;
};

/** The answer, cut free of echo, markers and unsolicited lines. */
export type Extracted = { text: string; log_lines: string[]; notes: string[]; damaged: boolean };

const CR = 13;
const LF = 10;
/** A rest of a marker this long in the answer means that the answer was cut into [T41]. */
const FRAGMENT = 6;
const encoder = new TextEncoder();

/**
 * Cuts out every echo of the marker that the terminal printed while the command was still running [T41]: the exact
 * marker with its line end, unless the prompt stands before it, for then it is the end.
 */
export function cutEarlyEcho(raw: Uint8Array, marker: string, prompt: Prompt): { bytes: Uint8Array; cuts: number } {
  const needle = encoder.encode(marker);
  const keep: number[] = [];
  let cuts = 0;
  let from = 0;
  for (let at = find(raw, needle, 0); at >= 0; at = find(raw, needle, at + needle.length)) {
    let end = at + needle.length;
    while (raw[end] === CR) end++;
    if (raw[end] !== LF) continue;
    const before = renderLine(raw.subarray(raw.lastIndexOf(LF, at - 1) + 1, at)).lines.at(-1) ?? "";
    if (isPrompt(before, prompt)) continue;
    keep.push(from, at);
    from = end + 1;
    cuts++;
  }
  if (cuts === 0) return { bytes: raw, cuts };
  keep.push(from, raw.length);
  const out: number[] = [];
  for (let i = 0; i < keep.length; i += 2)
    for (let at = keep[i] ?? 0; at < (keep[i + 1] ?? 0); at++) out.push(raw[at] ?? 0);
  return { bytes: Uint8Array.from(out), cuts };
}

function find(raw: Uint8Array, needle: Uint8Array, from: number): number {
  const first = needle[0] ?? 0;
  for (let at = raw.indexOf(first, from); at >= 0; at = raw.indexOf(first, at + 1)) {
    if (needle.every((byte, index) => raw[at + index] === byte)) return at;
  }
  return -1;
}

/** The output between the echo of the command and its end, by position and never by content. */
export function extract({ raw, prompt, command, marker, nonce, logLine }: Extraction): Extracted {
  const notes: string[] = [];
  const cut = marker === undefined ? { bytes: raw, cuts: 0 } : cutEarlyEcho(raw, marker, prompt);
  if (cut.cuts > 0) notes.push("early_echo");
  const { lines, latin1 } = normalise(cut.bytes);
  if (latin1) notes.push("latin1");
  const echo = echoIndex(lines, prompt, command);
  if (echo < 0) notes.push("no_echo");
  const end = endIndex(lines, prompt, marker, echo);
  const body = trimEnd(lines.slice(echo + 1, end), prompt, logLine);
  const log_lines = lines.slice(0, Math.max(0, echo)).filter((line) => logLine?.test(line));
  const kept = body.kept.filter((line) => {
    if (!logLine?.test(line)) return true;
    log_lines.push(line);
    return false;
  });
  log_lines.push(...body.log, ...lines.slice(end).filter((line) => logLine?.test(line)));
  const text = kept.length === 0 ? "" : `${kept.join("\n")}\n`;
  return { text, log_lines, notes, damaged: echo < 0 || hasFragment(text, nonce) };
}

/** The line that holds prompt and command; log lines may have come before it, with the prompt drawn again. */
function echoIndex(lines: string[], prompt: Prompt, command: string): number {
  for (const [index, line] of lines.entries()) {
    if (afterPrompt(line, prompt)?.trimEnd() === command) return index;
  }
  return -1;
}

/** The last line with prompt and marker; without a marker, the prompt at the very end is the line to leave out. */
function endIndex(lines: string[], prompt: Prompt, marker: string | undefined, echo: number): number {
  if (marker !== undefined) {
    for (let index = lines.length - 1; index > echo; index--) {
      if (afterPrompt(lines[index] ?? "", prompt)?.trimEnd() === marker) return index;
    }
  }
  return isPrompt(lines.at(-1) ?? "", prompt) ? lines.length - 1 : lines.length;
}

/** Prompts and log lines that piled up after the answer while the line was idle. */
function trimEnd(lines: string[], prompt: Prompt, logLine: RegExp | undefined): { kept: string[]; log: string[] } {
  const log: string[] = [];
  let end = lines.length;
  for (; end > 0; end--) {
    const line = lines[end - 1] ?? "";
    if (logLine?.test(line)) log.unshift(line);
    else if (!isPrompt(line, prompt)) break;
  }
  return { kept: lines.slice(0, end), log };
}

function hasFragment(text: string, nonce: string): boolean {
  for (let at = 0; at + FRAGMENT <= nonce.length; at++) {
    if (text.includes(nonce.slice(at, at + FRAGMENT))) return true;
  }
  return false;
}
