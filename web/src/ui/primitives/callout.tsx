import "./callout.css";
import type { ReactNode } from "react";
import type { Tone } from "./chip.tsx";
import { Icon, type IconName } from "./icon.tsx";

const ICON: Record<Tone, IconName> = {
  neutral: "info",
  ok: "ok",
  info: "info",
  warn: "warn",
  crit: "error",
  stale: "clock",
  unknown: "help",
};

/** A message that stays until its cause is gone: what happened, what was kept, what to do [S98]. */
export function Callout(props: {
  tone: Tone;
  icon?: IconName;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  /** Read out at once; for what a person must not miss. */
  urgent?: boolean;
}) {
  return (
    <div className="rs-callout" data-tone={props.tone} role={props.urgent ? "alert" : undefined}>
      <Icon name={props.icon ?? ICON[props.tone]} />
      <div className="rs-callout-body">
        <p className="rs-callout-title">{props.title}</p>
        {props.children}
        {props.actions === undefined ? null : <div className="rs-btn-row">{props.actions}</div>}
      </div>
    </div>
  );
}
