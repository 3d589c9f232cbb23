import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { clampSplit, type SplitClass, splitRange } from "../layout/split-ratio.ts";

type SplitterProps = { of: SplitClass; percent: number; onChange: (percent: number) => void };

/** One press of an arrow key, in percent. */
const STEP = 2;

/** Draggable divider; by keyboard with the arrows, Home and End; a double tap brings the default back. */
export function Splitter({ of, percent, onChange }: SplitterProps) {
  const dragging = useRef(false);
  const upright = of === "portrait";
  const { min, max, initial } = splitRange(of);
  const set = (value: number): void => onChange(clampSplit(of, value));

  const onMove = (event: PointerEvent<HTMLElement>): void => {
    if (!dragging.current) return;
    const box = event.currentTarget.parentElement?.getBoundingClientRect();
    if (box === undefined) return;
    const mirrored = !upright && document.documentElement.dataset.hand === "left";
    const share = upright ? (event.clientY - box.top) / box.height : (event.clientX - box.left) / box.width;
    set(Math.round((mirrored ? 1 - share : share) * 1_000) / 10);
  };
  const onKey = (event: KeyboardEvent): void => {
    const by: Record<string, number> = {
      ArrowLeft: percent - STEP,
      ArrowUp: percent - STEP,
      ArrowRight: percent + STEP,
      ArrowDown: percent + STEP,
      Home: min,
      End: max,
    };
    const next = by[event.key];
    if (next === undefined) return;
    event.preventDefault();
    set(next);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a focusable separator is a widget; <hr> cannot be dragged
    <div
      aria-label={upright ? "Height of the panels" : "Width of the terminal"}
      aria-orientation={upright ? "horizontal" : "vertical"}
      aria-valuemax={max}
      aria-valuemin={min}
      aria-valuenow={Math.round(percent)}
      className="rs-split"
      onDoubleClick={() => set(initial)}
      onKeyDown={onKey}
      onPointerCancel={() => {
        dragging.current = false;
      }}
      onPointerDown={(event) => {
        dragging.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={onMove}
      onPointerUp={() => {
        dragging.current = false;
      }}
      role="separator"
      tabIndex={0}
    >
      <span />
    </div>
  );
}
