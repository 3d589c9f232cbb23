import { useSyncExternalStore } from "react";
import { createStore } from "#pwa/store.ts";
import { type LayoutClass, layoutClass, type Surface, steadySurface } from "./layout-class.ts";

const FINE = "(pointer: fine)";

const measure = (): Surface => ({
  width: innerWidth,
  height: innerHeight,
  finePointer: matchMedia(FINE).matches,
});

let surface = measure();
const current = createStore<LayoutClass>(layoutClass(surface));

function update(): void {
  surface = steadySurface(surface, measure());
  current.set(layoutClass(surface));
  place();
}

/** Height and offset of what is visible: only visualViewport follows an on-screen keyboard everywhere [U32]. */
function place(): void {
  const view = globalThis.visualViewport;
  const zoomed = view !== null && view !== undefined && view.scale > 1.01;
  const style = document.documentElement.style;
  style.setProperty("--vv-height", `${view && !zoomed ? view.height : innerHeight}px`);
  style.setProperty("--vv-top", `${view && !zoomed ? view.offsetTop : 0}px`);
}

/** Follows size, pointer and keyboard; call once before the first render. */
export function watchSurface(): void {
  place();
  addEventListener("resize", update);
  matchMedia(FINE).addEventListener("change", update);
  globalThis.visualViewport?.addEventListener("resize", place);
  globalThis.visualViewport?.addEventListener("scroll", place);
}

export const useLayoutClass = (): LayoutClass => useSyncExternalStore(current.subscribe, current.get);
