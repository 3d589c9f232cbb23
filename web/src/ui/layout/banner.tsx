import type { ReactNode } from "react";
import type { Tone } from "../primitives/chip.tsx";
import { Icon, type IconName } from "../primitives/icon.tsx";

/** One line across the page that stays until its cause is gone or a person decided. */
export function Banner(props: {
  tone: Tone;
  icon: IconName;
  children: ReactNode;
  actions?: ReactNode;
  testId?: string;
}) {
  return (
    <div className="rs-banner" data-testid={props.testId} data-tone={props.tone} role="status">
      <Icon name={props.icon} />
      <p>{props.children}</p>
      {props.actions === undefined ? null : <div className="rs-btn-row">{props.actions}</div>}
    </div>
  );
}
