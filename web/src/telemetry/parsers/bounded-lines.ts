import type { NamedParser } from "./result.ts";

/**
 * Longest line that a line pattern gets to see, in characters. Devices print some hundred at most; a pattern that goes
 * back and forth needs time with the square of the length, which must stay short for a line that is made to hurt [S89].
 */
export const LINE_MAX_CHARS = 1_024;
const LONG_LINE = new RegExp(`^.{${LINE_MAX_CHARS + 1},}$`, "gm");

/** The same parser on lines of bounded length: a longer one is a line that nobody understands, never half of one. */
export function boundedLines(parser: NamedParser): NamedParser {
  return {
    ...parser,
    parse: (text, context) =>
      parser.parse(
        text.replace(LONG_LINE, (line) => `\u0000 a line of ${line.length} characters`),
        context,
      ),
  };
}
