import { type RefObject, useLayoutEffect, useRef } from "react";

/** What takes the focus by a key; the browser scrolls its box then. */
const FOCUSABLE =
  "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex='0']";

/**
 * For a box that scrolls: while it is longer than the screen and has nothing in it that takes the focus, it takes the
 * focus itself, under the name of `labelId`, so that keys reach all of its text [U91]. Otherwise it is no stop.
 */
export function useKeyScroll(labelId: string): RefObject<HTMLDivElement | null> {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const box = ref.current;
    if (box === null) return undefined;
    const look = (): void => {
      const needed = box.querySelector(FOCUSABLE) === null && box.scrollHeight > box.clientHeight;
      if (needed === box.hasAttribute("tabindex")) return;
      if (needed) {
        box.tabIndex = 0;
        box.setAttribute("role", "group");
        box.setAttribute("aria-labelledby", labelId);
      } else if (document.activeElement !== box) {
        // Whoever reads in it keeps the place; it ceases to be a stop with the next change.
        for (const name of ["tabindex", "role", "aria-labelledby"]) box.removeAttribute(name);
      }
    };
    const resized = new ResizeObserver(look);
    resized.observe(box);
    const changed = new MutationObserver(look);
    changed.observe(box, {
      subtree: true,
      childList: true,
      characterData: true,
      attributeFilter: ["disabled", "open"],
    });
    return () => {
      resized.disconnect();
      changed.disconnect();
    };
  }, [labelId]);
  return ref;
}
