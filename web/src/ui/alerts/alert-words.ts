import type { AlertState, AlertsView } from "#bridge/types.ts";
import { type Look, severityLook } from "../changes/change-words.ts";
import { escapeDeviceText } from "../text/escape-device-text.ts";

/** An alert's state as shape and word: one without input is unknown, never cleared [T90]. */
export function alertLook({ phase, level }: Pick<AlertState, "phase" | "level">): Look {
  if (phase === "unknown") return { icon: "help", tone: "unknown", word: "unknown" };
  if (phase === "cleared") return { icon: "check", tone: "ok", word: "cleared" };
  return severityLook(level);
}

/** What an alert says in one line. */
export const alertTitle = ({ title, label }: Pick<AlertState, "title" | "label">): string =>
  label === "" ? title : `${title}: ${escapeDeviceText(label)}`;

/** The worst alert that holds now: critical before warning, not yet acknowledged before acknowledged, then the newest. */
export function worstAlert(view: AlertsView | undefined): AlertState | undefined {
  return view?.alerts
    .filter(({ phase }) => phase === "active")
    .toSorted(
      (a, b) =>
        Number(b.level === "crit") - Number(a.level === "crit") ||
        Number(a.acknowledged_at !== undefined) - Number(b.acknowledged_at !== undefined) ||
        b.since - a.since,
    )[0];
}

/** How many alerts hold of a level. */
export const holding = (view: AlertsView | undefined, level: AlertState["level"]): number =>
  view?.alerts.filter((alert) => alert.phase === "active" && alert.level === level).length ?? 0;

const MIN_MS = 60_000;
/** Hour of the next day until which "until tomorrow" lasts, local time. */
const MORNING_H = 6;

/** The times that an alert or a device can be quiet for; `until` in epoch milliseconds. */
export function snoozeChoices(now: number): readonly { label: string; until: number }[] {
  const morning = new Date(now);
  morning.setDate(morning.getDate() + 1);
  morning.setHours(MORNING_H, 0, 0, 0);
  return [
    { label: "15 min", until: now + 15 * MIN_MS },
    { label: "1 h", until: now + 60 * MIN_MS },
    { label: "Until tomorrow", until: morning.getTime() },
  ];
}
