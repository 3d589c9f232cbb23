/** An output modifier: decides line by line what is printed. `end` may add lines. */
export type LineFilter = { line(text: string): readonly string[]; end(): readonly string[] };

export type FilterResult =
  | { kind: "ok"; filter: LineFilter }
  | { kind: "incomplete" }
  | { kind: "invalid"; column: number }
  | { kind: "ambiguous" }
  | { kind: "pattern" };

/** The modifiers with the texts that `| ?` shows. */
export const MODIFIERS: readonly { word: string; help: string }[] = [
  { word: "begin", help: "Begin with the line that matches" },
  { word: "count", help: "Count number of lines which match regexp" },
  { word: "exclude", help: "Exclude lines that match" },
  { word: "include", help: "Include lines that match" },
  { word: "section", help: "Filter a section of output" },
];

const PATTERN_MAX_CHARS = 100;

/** A pattern that cannot run away: short, without repeated groups, with few repetitions. */
function compile(text: string): RegExp | undefined {
  const repeats = text.match(/(?<!\\)[*+?{]/gu)?.length ?? 0;
  if (text.length > PATTERN_MAX_CHARS || repeats > 4 || /\)[*+?{]/u.test(text) || /\\[1-9]/u.test(text))
    return undefined;
  try {
    // In IOS patterns `_` stands for any delimiter.
    return new RegExp(text.replaceAll("_", "(?:[ ,{}()]|^|$|_)"));
  } catch {
    return undefined;
  }
}

function section(pattern: RegExp, isMatch: (matched: boolean) => boolean): LineFilter {
  let isInside = false;
  return {
    line(text) {
      if (!text.startsWith(" ")) isInside = isMatch(pattern.test(text));
      else if (isMatch(pattern.test(text))) return [text];
      return isInside ? [text] : [];
    },
    end: () => [],
  };
}

function build(word: string, pattern: RegExp): LineFilter {
  const none = () => [];
  let seen = false;
  let count = 0;
  switch (word) {
    case "include":
      return { line: (text) => (pattern.test(text) ? [text] : []), end: none };
    case "exclude":
      return { line: (text) => (pattern.test(text) ? [] : [text]), end: none };
    case "section":
      return section(pattern, (matched) => matched);
    case "count":
      return {
        line(text) {
          if (pattern.test(text)) count += 1;
          return [];
        },
        end: () => [`Number of lines which match regexp = ${count}`],
      };
    default:
      return {
        line(text) {
          seen ||= pattern.test(text);
          return seen ? [text] : [];
        },
        end: none,
      };
  }
}

/** Understands what follows a `|`; `at` is where that text starts in the typed line. */
export function parseFilter(text: string, at: number): FilterResult {
  const match = /^(\s*)(\S+)(?:\s+(.*\S))?\s*$/u.exec(text);
  if (match === null) return { kind: "incomplete" };
  const [, blanks = "", typed = "", rest] = match;
  const found = MODIFIERS.filter((modifier) => modifier.word.startsWith(typed.toLowerCase()));
  if (found.length > 1) return { kind: "ambiguous" };
  const word = found[0]?.word;
  if (word === undefined) return { kind: "invalid", column: at + blanks.length };
  if (rest === undefined) return { kind: "incomplete" };
  const pattern = compile(rest);
  return pattern === undefined ? { kind: "pattern" } : { kind: "ok", filter: build(word, pattern) };
}
