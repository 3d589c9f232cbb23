import { type CleanPaste, cleanPaste, needsReview, pasteLines } from "./paste-cleaning.ts";

/** Why a line deserves a second look. */
export type PasteFlag = "bidirectional" | "look-alike" | "destructive";

type ReviewLine = { text: string; flags: readonly PasteFlag[] };

/** A paste that waits for the person's decision [U42]. */
export type PasteReview = {
  lines: readonly ReviewLine[];
  chars: number;
  /** Control characters that were taken out. */
  removed: number;
  /** The text ends with a line end, so its last line runs too. */
  endsWithEnter: boolean;
  /** The device takes it as one piece and runs nothing by itself [U47]. */
  bracketed: boolean;
};

const BIDIRECTIONAL = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const WORDS = /[\p{L}\p{N}.-]+/gu;
const LATIN = /\p{Script=Latin}/u;
const LIKE_LATIN = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}]/u;
/** Latin in disguise: full-width and mathematical letters and digits, phonetic letters, dots that browsers read as dots. */
const DISGUISED = /[\uff01-\uff5e\u{1d400}-\u{1d7ff}\u0250-\u02af\u0131\u3002\uff61\u2024]/u;
/** Characters that nobody sees, or that look like the blank and are none: they hide in names and split commands. */
const UNSEEN =
  /(?![\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069])[\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u180e\u3164\uffa0]|(?! )\p{Zs}|\u034f|\p{Variation_Selector}/u;

/** Commands that take a device down or empty it, by how their lines begin [S90]. */
const DESTRUCTIVE: readonly RegExp[] = [
  // IOS and its relatives, in every length that they accept.
  /^(?:do\s+)?(?:rel(?:o(?:ad?)?)?|reboot|halt|poweroff|shut(?:d(?:o(?:wn?)?)?)?)\b/i,
  /^(?:do\s+)?(?:wr(?:i(?:te?)?)?\s+)?er(?:a(?:se?)?)?\b/i,
  /^(?:do\s+)?(?:form(?:at?)?|del(?:e(?:te?)?)?|squeeze|partition|zeroize|factory-reset)\b/i,
  /^(?:do\s+)?(?:write\s+(?:default|factory)|configure\s+replace|license\s+factory-reset|boot\s+factory)\b/i,
  /^(?:do\s+)?crypto\s+key\s+zeroize\b/i,
  // Junos: the whole system, or its management port.
  /^(?:run\s+)?request\s+(?:system|vmhost)\s+(?:zeroize|reboot|halt|power-off|power-cycle|storage\s+cleanup)\b/i,
  /^load\s+(?:override|factory-default)\b/i,
  /^(?:set|deactivate|delete)\s+interfaces\s+(?:fxp|em|me|vme)\d*\b(?!\s+(?:description|unit\s+\d+\s+description))/i,
  // Comware, VRP, RouterOS, FortiOS, Linux.
  /^(?:reset\s+saved-configuration|restore\s+factory-default|undo\s+startup)\b/i,
  /^\/?system\s+(?:reset-configuration|reboot|shutdown)\b/i,
  /^(?:execute\s+)?(?:factoryreset|formatlogdisk)\b/i,
  /^(?:sudo\s+)?(?:rm\s+(?:-\w+\s+)*-\w*[rf]|mkfs|wipefs|shred|shutdown|reboot|poweroff|halt|init\s+[06]|systemctl\s+(?:reboot|poweroff|halt))\b/i,
  /^(?:sudo\s+)?dd\s+.*\bof=/i,
  /^(?:sudo\s+)?(?:ifdown\s|ip\s+link\s+set\s+.*\bdown\b|nmcli\s+.*\bdown\b)/i,
  /^no\s+(?:ip\s+address|router\s+\w+)\b/i,
];

/** True when a name or word mixes Latin letters with those of scripts that have the same shapes. */
function mixesScripts(line: string): boolean {
  if (!LIKE_LATIN.test(line)) return false;
  return [...line.matchAll(WORDS)].some(([word]) => LATIN.test(word) && LIKE_LATIN.test(word));
}

/** Flags of one line. */
export function lineFlags(line: string): PasteFlag[] {
  const flags: PasteFlag[] = [];
  if (BIDIRECTIONAL.test(line)) flags.push("bidirectional");
  if (mixesScripts(line) || DISGUISED.test(line) || UNSEEN.test(line)) flags.push("look-alike");
  const trimmed = line.trim();
  if (DESTRUCTIVE.some((pattern) => pattern.test(trimmed))) flags.push("destructive");
  return flags;
}

/** Cleans `raw` and decides: `send` it as it is, or show a `review` [S90]. */
export function judgePaste(raw: string, bracketed: boolean): { paste: CleanPaste; review?: PasteReview } {
  const paste = cleanPaste(raw);
  if (!needsReview(paste) && lineFlags(paste.text).length === 0) return { paste };
  return { paste, review: reviewOf(paste, bracketed) };
}

/** The review of cleaned text. */
function reviewOf(paste: CleanPaste, bracketed: boolean): PasteReview {
  return {
    lines: pasteLines(paste.text).map((text) => ({ text, flags: lineFlags(text) })),
    chars: paste.text.length,
    removed: paste.removed,
    endsWithEnter: paste.text.endsWith("\r"),
    bracketed,
  };
}

/** What is sent for a released paste. Brackets only where the device asked for them [U47]. */
export function pasteBytes(text: string, bracketed: boolean): string {
  return bracketed ? `\x1b[200~${text}\x1b[201~` : text;
}
