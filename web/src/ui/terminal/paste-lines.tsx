import type { PasteFlag, PasteReview } from "#terminal/paste-review.ts";
import { DeviceText } from "../text/device-text.tsx";

const REASONS: Readonly<Record<PasteFlag, string>> = {
  bidirectional: "turns the direction of text around",
  "look-alike": "has letters that look like others, or that nobody sees",
  destructive: "can take the device down or erase it",
};

/** Lines shown at once; of the rest those with flags, and how many there are. */
const LINES_SHOWN = 400;
/** Flagged lines shown after those. */
const FLAGGED_SHOWN = 200;
/** No command is longer; what a line has beyond it is counted. */
const LINE_MAX_CHARS = 2_048;

type Shown = { number: number; line: PasteReview["lines"][number] };

/** The lines that a person sees: the first ones, and every one with a flag. */
export function linesToShow(lines: PasteReview["lines"]): { shown: Shown[]; hidden: number } {
  const numbered = lines.map((line, index) => ({ number: index + 1, line }));
  const flagged = numbered.slice(LINES_SHOWN).filter(({ line }) => line.flags.length > 0);
  const shown = [...numbered.slice(0, LINES_SHOWN), ...flagged.slice(0, FLAGGED_SHOWN)];
  return { shown, hidden: lines.length - shown.length };
}

/** Numbered lines of a paste with the reasons to look twice; nothing of a line is out of sight without being counted [S90]. */
export function PasteLines({ lines }: { lines: PasteReview["lines"] }) {
  const { shown, hidden } = linesToShow(lines);
  return (
    <>
      <ol className="rs-paste-lines rs-scroll">
        {shown.map(({ number, line }) => (
          <li data-flagged={line.flags.length > 0 || undefined} key={number} value={number}>
            <code>
              <DeviceText max={LINE_MAX_CHARS} text={line.text === "" ? " " : line.text} />
            </code>
            {line.text.length > LINE_MAX_CHARS ? (
              <span className="rs-paste-flag">▲ {line.text.length - LINE_MAX_CHARS} more characters are not shown</span>
            ) : null}
            {line.flags.map((flag) => (
              <span className="rs-paste-flag" key={flag}>
                ▲ {REASONS[flag]}
              </span>
            ))}
          </li>
        ))}
      </ol>
      {hidden > 0 ? <p className="rs-field-hint">{hidden} more lines are not shown.</p> : null}
    </>
  );
}
