/** Arrangement of the screen (section 1 of the tablet design). */
export type LayoutClass = "phone" | "portrait" | "landscape" | "desktop";

/** Layout viewport in CSS pixels, and whether the primary pointer is a fine one. */
export type Surface = { width: number; height: number; finePointer: boolean };

/** Below this width one region is shown at a time. */
const PHONE_MAX_PX = 600;
/** From this width on, with a fine pointer, the desktop arrangement. */
const DESKTOP_MIN_PX = 1_100;

/** The class follows size and pointer only, never the user agent [U1]. */
export function layoutClass({ width, height, finePointer }: Surface): LayoutClass {
  if (width < PHONE_MAX_PX) return "phone";
  if (finePointer && width >= DESKTOP_MIN_PX) return "desktop";
  return height > width ? "portrait" : "landscape";
}

/**
 * Height to classify by: an on-screen keyboard shortens the page without turning the tablet, so with a coarse pointer
 * the largest height seen at this width counts until the width changes.
 */
export function steadySurface(previous: Surface | undefined, next: Surface): Surface {
  if (previous === undefined || next.finePointer || previous.width !== next.width) return next;
  return { ...next, height: Math.max(previous.height, next.height) };
}
