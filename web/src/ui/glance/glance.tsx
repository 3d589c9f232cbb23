import "./glance.css";
import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { Button } from "../primitives/button.tsx";

/** A click comes this soon after its touch, or not at all. */
const CLICK_MS = 400;

type GlanceProps = { title: ReactNode; children: ReactNode; onClose: () => void };

/** One thing on the whole screen, to be read at two metres; any touch and any key returns [U5]. */
export function Glance({ title, children, onClose }: GlanceProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const late = useRef<ReturnType<typeof setTimeout>>(undefined);
  const titleId = useId();
  useLayoutEffect(() => {
    const el = ref.current;
    if (el === null || el.open) return undefined;
    el.showModal();
    return () => {
      clearTimeout(late.current);
      el.close();
    };
  }, []);
  return (
    <dialog
      aria-labelledby={titleId}
      className="rs-glance"
      data-testid="glance"
      onCancel={(event) => {
        event.stopPropagation();
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => {
        event.preventDefault();
        event.stopPropagation();
        onClose();
      }}
      onClick={(event) => {
        event.stopPropagation();
        clearTimeout(late.current);
        onClose();
      }}
      onPointerUp={() => {
        // The click that follows must end here: whatever lies below would be pressed by it. A drag has none.
        late.current = setTimeout(onClose, CLICK_MS);
      }}
      ref={ref}
    >
      <header className="rs-glance-head">
        <h2 id={titleId}>{title}</h2>
        <Button icon="close" label="Return" onClick={onClose} variant="ghost" />
      </header>
      <div className="rs-glance-body">{children}</div>
    </dialog>
  );
}
