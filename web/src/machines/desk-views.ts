import type { AlertRule, AlertState } from "#telemetry/alerts/alert.ts";
import type { ChangeEvent } from "#telemetry/changes/change.ts";

export type { AlertOp, AlertRule, AlertState } from "#telemetry/alerts/alert.ts";
export type { ChangeEvent } from "#telemetry/changes/change.ts";

/** Views of what desks keep; times are epoch milliseconds. */

/** The newest changes of a device, newest first; older ones are asked for. */
export type ChangesView = {
  events: readonly ChangeEvent[];
  /** Changes after this time were not yet seen by the person. */
  seen_until: number;
  /** How many of them, also beyond those in `events`. */
  unseen: number;
};

/** Alerts that hold or held and are not acknowledged, worst first. */
export type AlertsView = { alerts: readonly AlertState[]; crit: number; warn: number };

/** A rule as it is in force: as shipped, changed by the person, or the person's own; removing the latter two undoes them. */
export type ListedRule = AlertRule & { origin: "shipped" | "changed" | "own" };

/** The port that is shown as a card, with what is known since its zero [T88]. */
export type PortView = {
  interface: string;
  /** Counters since the person's zero, unsigned decimal text by field; absent until there is a second sample. */
  since_zero?: Readonly<Record<string, string>>;
  zero_at?: number;
  /** The zero ended by itself: the device's counters began anew, or the port went away. */
  zero_lost?: { at: number; why: "reset" | "gone" | "reload" };
};

/** A question to the device that takes its time [T77]. */
export type LoadView = {
  ticket: string;
  what: string;
  phase: "confirm" | "waiting" | "running" | "parsing" | "done" | "cancelled" | "failed";
  /** Expected size, from the count and what a row takes. */
  estimate_bytes?: number;
  bytes: number;
  rows: number;
  started_at: number;
  done_at?: number;
  error?: string;
  hint?: string;
};
