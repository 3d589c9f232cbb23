import type { PanelId } from "../knowledge/panel-data.ts";
import type { CaptureId } from "../knowledge/reading.ts";

/** What happened to a row or a value between two readings [T85]. */
export type ChangeKind = "appeared" | "gone" | "changed" | "flapped" | "reset";

/** How much it concerns the person: `change` is what one may have caused oneself. */
export type ChangeSeverity = "crit" | "warn" | "change";

/** One entry of the change strip. Times in epoch milliseconds. */
export type ChangeEvent = {
  /** Grows with time within a device; also the key in storage. */
  id: string;
  /** Receive time of the reading that showed it. */
  at: number;
  /** Receive time of the last reading without it: it happened in between [T86]. */
  not_before: number;
  /** No link to the device lay between the two readings [T86]. */
  across_gap?: true;
  panel: PanelId;
  /** Row key as the panel's section joins it, empty for a record. */
  key: string;
  /** What the row is called for a person: port, neighbour, peer. */
  label: string;
  field?: string;
  kind: ChangeKind;
  from?: string;
  to?: string;
  severity: ChangeSeverity;
  /** Events of one key within 30 s are one, with their count. */
  count: number;
  captures: CaptureId[];
};
