import { type RefObject, useLayoutEffect, useState } from "react";
import { flushSync } from "react-dom";

/** Inner size of a table's scroller and the height of its rows, in CSS pixels; width 0: not known yet. */
export type TableBox = { width: number; height: number; row: number };

/** The tokens' own row until it is measured. */
const FIRST_ROW_PX = 44;

/** Height of a row as the tokens say: all rows are equal, so that 10,000 of them need no measuring. */
const rowHeight = (): number =>
  Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row-h")) || FIRST_ROW_PX;

/**
 * Measures `scroller` when it is made and before each paint in which it changed, so that no frame shows what was chosen
 * for another width. One that is hidden keeps the size that it had.
 */
export function useTableBox(scroller: RefObject<HTMLElement | null>, maxRows: number): TableBox {
  const [box, setBox] = useState<TableBox>({ width: 0, height: FIRST_ROW_PX * maxRows, row: FIRST_ROW_PX });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = element;
      if (width === 0) return;
      const row = rowHeight();
      setBox((last) =>
        last.width === width && last.height === height && last.row === row ? last : { width, height, row },
      );
    };
    measure();
    // The observer speaks between layout and paint; an update that waits for the next task would come a frame later.
    const resized = new ResizeObserver(() => flushSync(measure));
    resized.observe(element);
    return () => resized.disconnect();
  }, [scroller]);
  return box;
}
