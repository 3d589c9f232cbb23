/**
 * Commands about what telemetry keeps on the tablet: history, changes, alerts, baselines, ports, lookups, exports. They
 * never leave the tablet; each is answered by the desk that names it (web/src/workers/desks). Times are epoch ms.
 */

/** Which two states of a device are compared: a stored snapshot by its id, or what is known now. */
export type Side = { snapshot: string } | "now";

/** Payloads by action. */
export type DeskPayloads = {
  /** Points of series `<panel>:<row key>/<field>` (or `<panel>:<field>`) between two times, at most `points` each [T82]. */
  series_range: { series: readonly string[]; from: number; to: number; points: number };
  /** Changes older than the one with this id, newest first [T85]. */
  changes_list: { before?: string; limit: number };
  /** Everything up to this time was seen by the person. */
  changes_seen: { until: number };
  /** Stores a snapshot under a name [T87]. */
  snapshot_store: { name: string };
  snapshot_list: Record<string, never>;
  snapshot_rename: { id: string; name: string };
  snapshot_remove: { id: string };
  compare: { before: Side; after: Side };
  /** A comparison as a file; `mask` hides names and addresses, `captures` adds the raw answers still kept to JSON [T87]. */
  compare_export: { before: Side; after: Side; format: "md" | "json"; mask: boolean; captures: boolean };
  alert_ack: { alert: string };
  /** Quiet for this rule and row until then. */
  alert_snooze: { alert: string; until: number };
  alert_rules: Record<string, never>;
  /** `rule` is checked by the rule schema; a known id replaces. */
  alert_rule_put: { rule: unknown };
  alert_rule_remove: { id: string };
  /** One interface is shown as port card, or none [T88]. */
  port_show: { interface: string | null };
  /** Counts from here on, or from the device's own zero again. */
  port_zero: { interface: string; on: boolean };
  /** What is asked of one port only, for its card: optics, power, addresses; `ticket` as in `lookup` [T88]. */
  port_details: { ticket: string; interface: string };
  /** One question to the device, answered once; `ticket` names it for `ask_cancel` [T63]. */
  lookup: { ticket: string; what: "route" | "address" | "mac"; query: string; vrf?: string };
  /** A whole table, once; progress is in the view `load:<device>` [T77]. `confirmed`: its size was shown and agreed to. */
  full_table: { ticket: string; table: "routes" | "arp" | "mac"; vrf?: string; confirmed: boolean };
  ask_cancel: { ticket: string };
  /**
   * A panel's table as a file, all rows of it, with device, command and time. `beside`: a panel whose table of the same
   * name has more columns for the same rows, as a view shows them together.
   */
  table_export: {
    panel: string;
    table: string;
    beside?: string;
    format: "csv" | "json";
    sort?: { field: string; descending: boolean };
    filter?: string;
  };
  /** Everything that was sent to the device in the last days, as a file [T61]. */
  audit_export: { format: "csv" | "json" };
};

export type DeskAction = keyof DeskPayloads;

/** A command that a desk answers. */
export type DeskCommand = {
  [A in DeskAction]: {
    v: 1;
    device: string;
    session_id: "ssh2";
    type: "telemetry";
    action: A;
    id?: string | undefined;
    payload: DeskPayloads[A];
  };
}[DeskAction];

/** A file for the person to save. */
export type ExportedFile = { name: string; mime: string; text: string };

const ACTIONS: Record<DeskAction, true> = {
  series_range: true,
  changes_list: true,
  changes_seen: true,
  snapshot_store: true,
  snapshot_list: true,
  snapshot_rename: true,
  snapshot_remove: true,
  compare: true,
  compare_export: true,
  alert_ack: true,
  alert_snooze: true,
  alert_rules: true,
  alert_rule_put: true,
  alert_rule_remove: true,
  port_show: true,
  port_zero: true,
  port_details: true,
  lookup: true,
  full_table: true,
  ask_cancel: true,
  table_export: true,
  audit_export: true,
};
export const DESK_ACTIONS = Object.keys(ACTIONS) as DeskAction[];

export function isDeskAction(action: string): action is DeskAction {
  return Object.hasOwn(ACTIONS, action);
}
