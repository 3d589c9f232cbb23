/** Longest text that is pasted without a review [S90]. */
const REVIEW_ABOVE_CHARS = 512;

/** Pasted text made harmless to a terminal, and what had to go. */
export type CleanPaste = {
  /** Line ends are CR, as the Enter key sends them. */
  text: string;
  /** Number of control characters and end markers taken out. */
  removed: number;
};

/** End (and start) of a bracketed paste, in both encodings of CSI: inside pasted text it would let the rest act as typed. */
const BRACKET_MARKERS = /(?:\x1b\[|\x9b)20[01]~/g;
/** ESC, DEL, the rest of C0 but tab and line ends, and C1. */
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g;

/** Cleans pasted text by S90. */
export function cleanPaste(raw: string): CleanPaste {
  let removed = 0;
  const drop = () => {
    removed++;
    return "";
  };
  // A marker may appear only once the characters inside it are gone, so markers go until none is left.
  let text = raw;
  for (let before = ""; before !== text; ) {
    before = text;
    text = text.replace(BRACKET_MARKERS, drop);
  }
  text = text.replace(CONTROLS, drop);
  return { text: text.replace(/\r\n|\n/g, "\r"), removed };
}

/** Lines of cleaned text; a line end at the very end adds no empty line. */
export function pasteLines(text: string): string[] {
  return (text.endsWith("\r") ? text.slice(0, -1) : text).split("\r");
}

/** True when a person has to look at it before it goes [S90]. A single line with its line end counts as two: it runs. */
export function needsReview(paste: CleanPaste): boolean {
  return paste.text.includes("\r") || paste.text.length > REVIEW_ABOVE_CHARS || paste.removed > 0;
}
