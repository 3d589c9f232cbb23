import "./button.css";
import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon.tsx";

type ButtonProps = {
  children?: ReactNode;
  icon?: IconName;
  /** Accessible name where the button shows only an icon. */
  label?: string;
  variant?: "primary" | "secondary" | "ghost" | "danger";
  type?: "button" | "submit";
  pressed?: boolean;
  expanded?: boolean;
  wide?: boolean;
  /** Why it cannot be used now: stays focusable, so that the reason can be read. */
  disabledReason?: string | undefined;
  autoFocus?: boolean;
  className?: string;
  onClick?: () => void;
};

/** The one button; at least 44 px in both directions [U88]. */
export function Button(props: ButtonProps) {
  const { children, icon, label, variant = "secondary", type = "button", disabledReason } = props;
  const off = disabledReason !== undefined;
  const title = disabledReason ?? (children === undefined ? label : undefined);
  return (
    <button
      aria-disabled={off || undefined}
      aria-expanded={props.expanded}
      aria-label={off && label !== undefined ? `${label}. ${disabledReason}` : label}
      aria-pressed={props.pressed}
      data-autofocus={props.autoFocus || undefined}
      className={props.className === undefined ? "rs-btn" : `rs-btn ${props.className}`}
      data-icon-only={children === undefined || undefined}
      data-variant={variant}
      data-wide={props.wide || undefined}
      onClick={(event) => {
        if (off) event.preventDefault();
        else props.onClick?.();
      }}
      title={title}
      type={type}
    >
      {icon === undefined ? null : <Icon name={icon} />}
      {children}
      {off && children !== undefined ? <span className="rs-visually-hidden">. {disabledReason}</span> : null}
    </button>
  );
}
