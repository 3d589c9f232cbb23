import type { AlertsView, ChangesView, NoticeView } from "#bridge/types.ts";
import { alertLook, alertTitle } from "../alerts/alert-words.ts";
import { clockText } from "../format/times.ts";
import { noticeLook } from "../status/notices.tsx";
import { alertValues, changeSentence, type Look, severityLook, whenText } from "./change-words.ts";

/** One line of the strip: when, what it is, what it says. `at` in epoch milliseconds. */
export type StripLine = { at: number; when: string; look: Look; text: string };

/**
 * The newest of changes, alerts and notices. A change goes before the alert that it raised: it tells from what to what,
 * and the alert has a place of its own.
 */
export function newestLine(
  changes: ChangesView | undefined,
  alerts: AlertsView | undefined,
  notices: readonly NoticeView[],
  now: number,
): StripLine | undefined {
  const lines: StripLine[] = [];
  const event = changes?.events.toSorted((a, b) => b.at - a.at)[0];
  if (event !== undefined) {
    const look = severityLook(event.severity);
    lines.push({ at: event.at, when: whenText(event, now), look, text: changeSentence(event, now) });
  }
  for (const alert of alerts?.alerts ?? []) {
    const at = alert.cleared_at ?? alert.since;
    const { value } = alertValues(alert, now);
    const text = `${alertTitle(alert)}${value === undefined || alert.phase === "cleared" ? "" : `, ${value}`}`;
    lines.push({ at, when: clockText(at, now), look: alertLook(alert), text });
  }
  for (const { at, level, text } of notices) {
    lines.push({ at, when: clockText(at, now), look: noticeLook(level), text });
  }
  // The sort is stable: of two at the same time the first kind counts.
  return lines.toSorted((a, b) => b.at - a.at)[0];
}
