import "./dialog.css";
import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { Button } from "./button.tsx";
import { Icon, type IconName } from "./icon.tsx";
import { useKeyScroll } from "./key-scroll.ts";

type DialogProps = {
  title: string;
  icon?: IconName;
  tone?: "crit";
  kind?: "dialog" | "sheet";
  /** CSS width; the screen's width is the limit. */
  width?: string;
  children: ReactNode;
  footer?: ReactNode;
  /** Esc, the close button and, unless `modal` asks for a decision, a tap outside. */
  onClose: () => void;
  /** A question that must be answered by a button: no close button, no tap outside; Esc is the safe answer. */
  decision?: boolean;
  testId?: string;
};

/** Native modal dialog: the browser traps focus and restores it to where it was. */
export function Dialog(props: DialogProps) {
  const { title, icon, tone, kind = "dialog", decision = false, onClose } = props;
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const body = useKeyScroll(titleId);
  // Before the element leaves the page, so that closing gives the focus back to where it was.
  useLayoutEffect(() => {
    const el = ref.current;
    if (el === null || el.open) return undefined;
    el.showModal();
    // The browser would take the first control; a dialog may name a safer one, or the field that has to be filled.
    el.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    return () => el.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the key for the same act is Esc, which arrives as `cancel`
    <dialog
      aria-labelledby={titleId}
      className="rs-dialog"
      data-kind={kind}
      data-testid={props.testId}
      data-tone={tone}
      onCancel={(event) => {
        // A dialog inside this one, or its file chooser, was meant: React hands their event on.
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (!decision && event.target === event.currentTarget) onClose();
      }}
      ref={ref}
      style={props.width === undefined ? undefined : ({ "--dialog-width": props.width } as React.CSSProperties)}
    >
      <header className="rs-dialog-head">
        {icon === undefined ? null : <Icon name={icon} size={24} />}
        <h2 id={titleId}>{title}</h2>
        {decision ? null : <Button icon="close" label="Close" onClick={onClose} variant="ghost" />}
      </header>
      <div className="rs-dialog-body rs-scroll" ref={body}>
        {props.children}
      </div>
      {props.footer === undefined ? null : <footer className="rs-dialog-foot">{props.footer}</footer>}
    </dialog>
  );
}

/** A dialog at the edge of the screen, for reading and settings. */
export function Sheet(props: Omit<DialogProps, "kind" | "decision">) {
  return <Dialog {...props} kind="sheet" />;
}
