/** Which rows of a long table exist in the page, and how much room stands for the others. */
export type VisibleRange = { first: number; last: number; before: number; after: number };

/** Rows drawn beyond the visible ones on either side, so that a quick scroll shows no empty space. */
const OVERSCAN = 8;

/** Rows by which the drawn part moves: fewer than the overscan, so that scrolling draws anew once in some frames. */
const STEP_ROWS = 4;

/** The place that a table is drawn for while it is scrolled to `scrollTop`, CSS pixels. */
export function drawnTop(scrollTop: number, rowHeight: number): number {
  const step = STEP_ROWS * rowHeight;
  return Math.max(0, Math.floor(scrollTop / step) * step);
}

/** Range for rows of one height; `last` is exclusive. Sizes in CSS pixels. */
export function visibleRange(count: number, rowHeight: number, scrollTop: number, viewHeight: number): VisibleRange {
  const top = Math.max(0, Math.floor(scrollTop / rowHeight) - OVERSCAN);
  const bottom = Math.ceil((scrollTop + viewHeight) / rowHeight) + OVERSCAN;
  const last = Math.min(count, Math.max(bottom, 0));
  const first = Math.min(top, Math.max(0, last - 1));
  return { first, last, before: first * rowHeight, after: Math.max(0, count - last) * rowHeight };
}
