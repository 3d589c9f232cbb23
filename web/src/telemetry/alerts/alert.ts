import type { PanelId } from "../knowledge/panel-data.ts";

/** A rule as data [T90]. */
export type AlertRule = {
  id: string;
  title: string;
  panel: PanelId;
  /** Rows must have these values; a list means any of them. */
  match?: Record<string, string | string[]>;
  field: string;
  op: "above" | "below" | "is" | "is_not" | "was_up_is_down";
  warn?: number | string | string[];
  crit?: number | string | string[];
  /** It must hold so long before it raises, seconds. */
  hold_s: number;
  /** Clears when the value is back beyond this; absent: when the condition no longer holds. */
  clear?: number;
  /** Limits come from the row itself, as the device gives them: the field with the limits. */
  from_device?: string;
  /** Percentages without a device's own limit are labelled as this app's default [T89]. */
  our_default?: true;
  enabled: boolean;
};

/** State of one rule on one row; `unknown`: its input has been missing for three intervals [T90]. */
export type AlertState = {
  id: string;
  rule: string;
  title: string;
  panel: PanelId;
  key: string;
  label: string;
  level: "warn" | "crit";
  phase: "active" | "unknown" | "cleared";
  since: number;
  /** When the state was last confirmed by a reading. */
  at: number;
  value?: string;
  limit?: string;
  acknowledged_at?: number;
  snoozed_until?: number;
};
