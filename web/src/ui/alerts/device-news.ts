import type { AlertState, AlertsView, ChangesView, DeviceView } from "#bridge/types.ts";
import { changeSentence } from "../changes/change-words.ts";
import { alertTitle } from "./alert-words.ts";
import type { Signal, SignalLevel } from "./signal-levels.ts";

type DeviceParts = {
  changes: ChangesView | undefined;
  alerts: AlertsView | undefined;
  badge: DeviceView["badge"] | undefined;
};

const OF_SEVERITY = { crit: "critical", warn: "warning", change: "change" } as const;
const RANK: Record<SignalLevel, number> = { critical: 0, asks: 1, warning: 2, change: 3 };
/** A change and the alert that it raised are told once when they come this close together. */
const SAME_MS = 5_000;
/** Events whose ids are remembered: more than a view has. */
const REMEMBERED = 500;

/**
 * Finds in the views of one device what is new since the last look. What happened before it began to look, what was
 * acknowledged and what is snoozed is not news.
 */
export class DeviceNews {
  readonly #device: string;
  readonly #since: number;
  readonly #events = new Set<string>();
  /** Undefined until there was a view. */
  #alerts: Map<string, AlertState> | undefined;
  #badge: DeviceView["badge"] | undefined;
  /** Port, peer or sensor that was told of last, by panel and key. */
  readonly #told = new Map<string, { at: number; level: SignalLevel }>();

  /** `since`: now, epoch milliseconds. */
  constructor(device: string, since: number) {
    this.#device = device;
    this.#since = since;
  }

  take({ changes, alerts, badge }: DeviceParts, now: number): Signal[] {
    const quiet = new Set(
      alerts?.alerts.filter(({ snoozed_until: until = 0 }) => until > now).map(({ panel, key }) => `${panel}|${key}`),
    );
    return [
      ...this.#newAlerts(alerts, quiet, now),
      ...this.#newChanges(changes, quiet, now),
      ...this.#newBadge(badge, now),
    ];
  }

  #newAlerts(view: AlertsView | undefined, quiet: ReadonlySet<string>, now: number): Signal[] {
    if (view === undefined) return [];
    const before = this.#alerts;
    this.#alerts = new Map(view.alerts.map((alert) => [alert.id, alert]));
    return view.alerts.flatMap((alert) => {
      const earlier = before === undefined && alert.since < this.#since;
      if (earlier || !isRaised(alert, before?.get(alert.id))) return [];
      const level = OF_SEVERITY[alert.level];
      const place = `${alert.panel}|${alert.key}`;
      if (quiet.has(place) || !this.#isNew(place, level, now)) return [];
      return [{ device: this.#device, level, text: alertTitle(alert), at: alert.at }];
    });
  }

  #newChanges(view: ChangesView | undefined, quiet: ReadonlySet<string>, now: number): Signal[] {
    const signals: Signal[] = [];
    for (const event of view?.events ?? []) {
      if (event.at <= this.#since || this.#events.has(event.id)) continue;
      this.#events.add(event.id);
      const level = OF_SEVERITY[event.severity];
      const place = `${event.panel}|${event.key}`;
      if (quiet.has(place) || !this.#isNew(place, level, now)) continue;
      signals.push({ device: this.#device, level, text: changeSentence(event, now), at: event.at });
    }
    for (const id of this.#events) {
      if (this.#events.size <= REMEMBERED) break;
      this.#events.delete(id);
    }
    return signals;
  }

  #newBadge(badge: DeviceView["badge"] | undefined, now: number): Signal[] {
    const before = this.#badge;
    this.#badge = badge;
    if (badge === before || (badge !== "key" && badge !== "asks")) return [];
    const text = badge === "key" ? "The host key does not match" : "An answer is needed";
    return [{ device: this.#device, level: badge === "key" ? "critical" : "asks", text, at: now }];
  }

  #isNew(place: string, level: SignalLevel, now: number): boolean {
    const last = this.#told.get(place);
    if (last !== undefined && now - last.at < SAME_MS && RANK[last.level] <= RANK[level]) return false;
    this.#told.set(place, { at: now, level });
    for (const [one, { at }] of this.#told) if (now - at >= SAME_MS) this.#told.delete(one);
    return true;
  }
}

/** An alert that holds now and did not hold so badly before; one that was unknown meanwhile is the same one. */
function isRaised(alert: AlertState, before: AlertState | undefined): boolean {
  if (alert.phase !== "active" || alert.acknowledged_at !== undefined) return false;
  if (before === undefined || before.phase === "cleared") return true;
  return before.level === "warn" && alert.level === "crit";
}
