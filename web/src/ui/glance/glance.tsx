import "./glance.css";
import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { Button } from "../primitives/button.tsx";

type GlanceProps = { title: ReactNode; children: ReactNode; onClose: () => void };

/** One thing on the whole screen, to be read at two metres; any touch and any key returns [U5]. */
export function Glance({ title, children, onClose }: GlanceProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => {
    const el = ref.current;
    if (el === null || el.open) return undefined;
    el.showModal();
    return () => el.close();
  }, []);
  return (
    <dialog
      aria-labelledby={titleId}
      className="rs-glance"
      data-testid="glance"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => {
        event.preventDefault();
        event.stopPropagation();
        onClose();
      }}
      onPointerUp={() => {
        // After the click that follows, which would press what lies below.
        setTimeout(onClose);
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
