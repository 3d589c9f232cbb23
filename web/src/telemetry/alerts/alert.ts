import type { PanelId } from "../knowledge/panel-data.ts";

/** What is asked of a field: a number beyond a limit, a word among or not among some, or a word that it once was not. */
export type AlertOp = "above" | "below" | "is" | "is_not" | "was";

/** A rule as data [T90]. */
export type AlertRule = {
  id: string;
  title: string;
  panel: PanelId;
  /** Path of the table whose rows are looked at; absent: the panel's own record. */
  section?: string | undefined;
  /** Rows must have these values; any of them. A field that is unknown does not match. */
  match?: Record<string, string[]> | undefined;
  field: string;
  op: AlertOp;
  /** With `was`: the word that the row must have had while it was watched. */
  was?: string | undefined;
  /** A limit, or the words; with `is_not` the words that are fine. */
  warn?: number | string[] | undefined;
  crit?: number | string[] | undefined;
  /** It must hold so long before it raises, seconds; clearing waits as long. */
  hold_s: number;
  /** A number clears when it is back beyond this; absent: when it no longer holds. */
  clear?: number | undefined;
  /** The limits are the device's own, and this field of the row says what they come to [T89]. */
  from_device?: string | undefined;
  /** A figure of this app, not of the device: shown so [T89]. */
  our_default?: boolean | undefined;
  enabled: boolean;
};

export type AlertLevel = "warn" | "crit";

/** State of one rule on one row; `unknown`: its input has been missing for three intervals [T90]. Times in epoch ms. */
export type AlertState = {
  /** `<rule>/<row key>`. */
  id: string;
  rule: string;
  title: string;
  panel: PanelId;
  key: string;
  label: string;
  /** The field whose value raised it; absent in what an older version kept. */
  field?: string;
  level: AlertLevel;
  phase: "active" | "unknown" | "cleared";
  since: number;
  /** When a reading last said so. */
  at: number;
  cleared_at?: number;
  /** The value that raised it, as text, in the field's unit. */
  value?: string;
  limit?: string;
  our_default?: true;
  acknowledged_at?: number;
  snoozed_until?: number;
};
