import { useEffect } from "react";

/** Regions in reading order; each element with this attribute can take the focus. */
const REGIONS = "[data-region-focus]";

/** F6 and Shift-F6 move between regions, so that the terminal is no keyboard trap; Ctrl-Shift-F6 stays a key [U86]. */
export function useRegionKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "F6" || event.ctrlKey || event.altKey || event.metaKey) return;
      const regions = [...document.querySelectorAll<HTMLElement>(REGIONS)].filter((el) => el.offsetParent !== null);
      if (regions.length === 0 || document.querySelector("dialog[open]") !== null) return;
      event.preventDefault();
      event.stopPropagation();
      const at = regions.findIndex((el) => el.contains(document.activeElement));
      const step = event.shiftKey ? -1 : 1;
      const next = regions[(Math.max(at, event.shiftKey ? 0 : -1) + step + regions.length) % regions.length];
      const inside = next?.querySelector<HTMLElement>("[data-region-entry]");
      (inside ?? next)?.focus();
    };
    addEventListener("keydown", onKey, true);
    return () => removeEventListener("keydown", onKey, true);
  }, []);
}
