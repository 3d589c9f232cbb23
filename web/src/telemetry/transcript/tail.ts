import { pagers } from "../knowledge/pagers.ts";
import { questionRes } from "../knowledge/prompts.ts";

/** Keys of a pack for what may stand at the end of the line. */
export type TailRules = {
  pagers: readonly { re: RegExp; quit: string; next: string }[];
  dialogs: readonly { re: RegExp; key: string }[];
};

/** What an unfinished last line is, when it is no prompt. */
export type TailKind =
  | { kind: "pager"; quit: string }
  | { kind: "dialog"; key: string }
  | { kind: "question" }
  | { kind: "other" };

const KNOWN_PAGERS = pagers.map(({ re, quit, next }) => ({ re: new RegExp(re), quit, next }));
const QUESTIONS = questionRes.map((re) => new RegExp(re));
/** Pagers and questions are short lines. */
const MAX_TAIL = 200;

/** Every key that a pager may be given, known ones and the pack's. */
export function pagerKeys(rules: TailRules): string[] {
  const keys = [...KNOWN_PAGERS, ...rules.pagers].map(({ quit }) => quit);
  return [...new Set([...keys, ...rules.dialogs.map(({ key }) => key)])];
}

/** Looks at the last line: a pager (the pack's own first), a dialog that a key dismisses, or a question for a person [T39]. */
export function tailKind(tail: string, rules: TailRules): TailKind {
  const text = tail.trim();
  if (text === "" || text.length > MAX_TAIL) return { kind: "other" };
  const dialog = rules.dialogs.find(({ re }) => re.test(text));
  if (dialog) return { kind: "dialog", key: dialog.key };
  const pager = [...rules.pagers, ...KNOWN_PAGERS].find(({ re }) => re.test(text));
  if (pager) return { kind: "pager", quit: pager.quit };
  return QUESTIONS.some((re) => re.test(text)) ? { kind: "question" } : { kind: "other" };
}
