import "./chip.css";
import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon.tsx";

/** Colour role of a state; never its only sign [U75]. */
export type Tone = "neutral" | "ok" | "info" | "warn" | "crit" | "stale" | "unknown";

/** A state as shape and word; colour only repeats it. */
export function Chip(props: { icon: IconName; tone?: Tone; plain?: boolean; filled?: boolean; children: ReactNode }) {
  return (
    <span className="rs-chip" data-plain={props.plain || undefined} data-tone={props.tone ?? "neutral"}>
      <Icon filled={props.filled === true} name={props.icon} size={16} />
      <span>{props.children}</span>
    </span>
  );
}
