import { pagers } from "#telemetry/knowledge/pagers.ts";
import { configPromptRe, promptShapes, questionRes } from "#telemetry/knowledge/prompts.ts";

const SHAPES = promptShapes.map((shape) => new RegExp(shape.re));
const CONFIG = new RegExp(configPromptRe);
const QUESTIONS = questionRes.map((source) => new RegExp(source));
const PASSWORD = /(?:pass(?:word|phrase|code|wd)|secret|pin|otp|token|verification code)\b[^:]{0,40}:\s*$/i;
const PAGERS = pagers.map((pager) => ({ id: pager.id, re: new RegExp(pager.re) }));

/** Longest line that is looked at; prompts and pagers are short, and patterns then stay cheap. */
const LINE_MAX_CHARS = 200;

/** Id of the pager whose mark is the whole line; undefined at no pager [U22]. */
export function pagerAt(line: string): string | undefined {
  const text = line.trim();
  if (text === "" || text.length > LINE_MAX_CHARS) return undefined;
  return PAGERS.find((pager) => pager.re.test(text))?.id;
}

/** A prompt after which nothing typed may be kept [U48]. */
export function isPasswordPrompt(text: string): boolean {
  return PASSWORD.test(text.slice(-LINE_MAX_CHARS));
}

/** A question of the device: its answer is no command. */
export function isQuestion(text: string): boolean {
  const end = text.slice(-LINE_MAX_CHARS);
  return isPasswordPrompt(end) || QUESTIONS.some((pattern) => pattern.test(end));
}

/** True for text that looks like the prompt of a platform that is known. */
function looksLikePrompt(text: string): boolean {
  const end = text.trimEnd();
  if (end === "" || end.length > LINE_MAX_CHARS) return false;
  return CONFIG.test(end) || SHAPES.some((shape) => shape.test(end));
}

/** How sure we are of ssh1's prompt; it is inferred, never probed [U103]. */
export type PromptState = { confidence: "known" | "likely" | "unknown"; text?: string };

/** Learns the prompt from what stands before the cursor when a person begins to type. */
export class PromptTracker {
  #last: string | undefined;
  #known: string | undefined;
  #marked = false;

  /** Enter was pressed on a line whose typing began after `prompt`. Twice the same makes it known. */
  entered(prompt: string): void {
    const text = prompt.trimEnd();
    if (text === "" || isQuestion(prompt) || pagerAt(prompt) !== undefined) return;
    if (text === this.#last) this.#known = text;
    this.#last = text;
  }

  /** OSC 133 B: the prompt ends here. */
  markedPrompt(prompt: string): void {
    const text = prompt.trimEnd();
    if (text === "") return;
    this.#known = text;
    this.#last = text;
    this.#marked = true;
  }

  /** What is believed about the text before the cursor. */
  judge(beforeCursor: string): PromptState {
    const text = beforeCursor.trimEnd();
    if (text !== "" && text === this.#known) return { confidence: "known", text };
    if (!this.#marked && !isQuestion(beforeCursor) && looksLikePrompt(text)) return { confidence: "likely", text };
    return { confidence: "unknown" };
  }
}
