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
/** A name or word that mixes Latin letters with Cyrillic or Greek ones: the letters look the same. */
const MIXED_SCRIPTS =
  /(?=[\p{L}\p{N}.-]*\p{Script=Latin})(?=[\p{L}\p{N}.-]*[\p{Script=Cyrillic}\p{Script=Greek}])[\p{L}\p{N}.-]+/u;
/** Zero-width characters hide in names and split commands. */
const ZERO_WIDTH = /[\u200b-\u200d\u2060\ufeff\u00ad]/u;

/** Commands that take a device down or empty it, by how their lines begin [S90]. */
const DESTRUCTIVE: readonly RegExp[] = [
  /^(?:do\s+)?(?:reload|reboot|halt|poweroff|shutdown)\b/i,
  /^(?:do\s+)?(?:write\s+)?erase\b/i,
  /^(?:do\s+)?(?:format|delete|squeeze|partition)\b/i,
  /^(?:do\s+)?(?:request\s+system\s+(?:zeroize|reboot|halt|power-off|storage\s+cleanup)|zeroize)\b/i,
  /^(?:sudo\s+)?(?:rm\s+-\w*[rf]|mkfs|dd\s+.*\bof=|wipefs|shutdown|reboot|poweroff|halt)\b/i,
  /^\/?system\s+(?:reset-configuration|reboot|shutdown)\b/i,
  /^(?:execute\s+)?(?:factoryreset|formatlogdisk)\b/i,
  /^no\s+(?:ip\s+address|router\s+\w+)\b/i,
];

/** Flags of one line. */
export function lineFlags(line: string): PasteFlag[] {
  const flags: PasteFlag[] = [];
  if (BIDIRECTIONAL.test(line)) flags.push("bidirectional");
  if (MIXED_SCRIPTS.test(line) || ZERO_WIDTH.test(line)) flags.push("look-alike");
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
