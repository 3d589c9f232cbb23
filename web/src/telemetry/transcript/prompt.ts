import { configPromptRe } from "../knowledge/prompts.ts";

/** A learned prompt: an exact line, or a line whose digits, colons and blanks may change (a clock, a line number). */
export type Prompt = { text: string; re?: RegExp };

const CONFIG = new RegExp(configPromptRe);
/** Longer last lines are no prompts. */
const MAX_PROMPT = 80;
/** Spans that a clock or a counter changes. */
const VARIABLE = /[\d: ]+/g;

/**
 * The prompt that two last lines show [T36]: the same line twice, or a pattern where they differ only in digits, colons
 * and blanks. Nothing when they are no prompt.
 */
export function learnPrompt(first: string, second: string): Prompt | undefined {
  if (!plausible(first) || !plausible(second)) return undefined;
  if (first === second) return { text: second };
  if (first.replace(VARIABLE, "\u0000") !== second.replace(VARIABLE, "\u0000")) return undefined;
  const source = second
    .split(/([\d: ]+)/)
    .map((part, index) => (index % 2 === 1 ? "[\\d: ]+" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")))
    .join("");
  return { text: second, re: new RegExp(`^${source}$`) };
}

function plausible(line: string): boolean {
  return (
    line.trim() !== "" && line.length <= MAX_PROMPT && /\D/.test(line.trim()) && !/[\u0000-\u001f\u007f]/.test(line)
  );
}

/** True when the whole line is the prompt. */
export function isPrompt(line: string, prompt: Prompt): boolean {
  return prompt.re ? prompt.re.test(line) : line === prompt.text;
}

/** What follows the prompt on a line; nothing when the line does not begin with it. */
export function afterPrompt(line: string, prompt: Prompt): string | undefined {
  if (!prompt.re) return line.startsWith(prompt.text) ? line.slice(prompt.text.length) : undefined;
  const open = new RegExp(prompt.re.source.replace(/\$$/, ""));
  const found = open.exec(line);
  return found ? line.slice(found[0].length) : undefined;
}

/** True for the prompt of a mode in which lines would change the configuration. */
export function isConfigPrompt(line: string): boolean {
  return CONFIG.test(line);
}

/** Last lines that may differ before learning gives up. */
const MAX_TRIES = 6;

/** Learns the prompt from the last lines that successive line feeds bring [T36]. */
export class PromptLearner {
  private candidate: string | undefined;
  private tries = 0;

  /** Takes the next last line: the prompt, or whether another line feed is worth it. */
  take(tail: string): Prompt | "again" | "failed" {
    const learned = this.candidate === undefined ? undefined : learnPrompt(this.candidate, tail);
    if (learned) return learned;
    this.candidate = tail;
    return this.tries++ >= MAX_TRIES ? "failed" : "again";
  }
}
