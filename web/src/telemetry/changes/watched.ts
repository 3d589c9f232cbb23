import { rowKey } from "../history/series-values.ts";
import type { PanelId } from "../knowledge/panel-data.ts";
import { panelDef } from "../knowledge/panels.ts";
import type { ChangeSeverity } from "./change.ts";

/** A row or record of a reading, as plain values. */
export type Row = Readonly<Record<string, unknown>>;

/** A field whose value is worth an event when it differs [T85]. Uptimes, counters and ages are not here: they always do. */
export type WatchedField = {
  field: string;
  severity: ChangeSeverity | ((from: unknown, to: unknown, row: Row) => ChangeSeverity);
  /** Counts move all the time: only steps of at least this share of the old value, or to and from nothing, count. */
  step?: number;
};

/** What is watched in one section of a panel; `path` is that of the section, absent for the panel's own record. */
export type WatchedSection = {
  panel: PanelId;
  path?: string;
  label: (row: Row) => string;
  fields: WatchedField[];
  /** Rows that come and go; absent: they do so without being worth an event. */
  appeared?: ChangeSeverity;
  gone?: ChangeSeverity | ((row: Row) => ChangeSeverity);
  /** Grows with every flap, also when the state is the same again at the next reading. */
  flapCounter?: string;
  /** Falls when the row began anew though its state is equal, seconds. */
  ageField?: string;
  /** When the state last changed, epoch milliseconds: a jump with an equal state is a flap. */
  changedAt?: string;
  /** Says when a row that is no longer listed has really gone, seconds since it was read. */
  ttlField?: string;
};

const text = (row: Row, ...fields: string[]): string =>
  fields
    .map((field) => row[field])
    .filter((value) => typeof value === "string" || typeof value === "number")
    .join(" ");

/** Ports that somebody plugged something into; loopbacks and the like come and go with configuration. */
const isPort = (row: Row): boolean => row.class === undefined || row.class === "phys" || row.class === "lag";

const stateOf =
  (good: ReadonlySet<unknown>): WatchedField["severity"] =>
  (from, to) =>
    good.has(to) ? "change" : good.has(from) ? "crit" : "warn";

const SENSOR: WatchedField = {
  field: "state",
  severity: (_, to) => (to === "ok" ? "change" : to === "warn" ? "warn" : "crit"),
};

/** Everything that makes events, panel by panel. */
export const WATCHED: readonly WatchedSection[] = [
  {
    panel: "device_info",
    label: (row) => text(row, "hostname") || "Device",
    fields: [
      { field: "serial", severity: "crit" },
      { field: "hostname", severity: "warn" },
      { field: "os_version", severity: "warn" },
      { field: "image", severity: "warn" },
      { field: "config_changed_at", severity: "change" },
    ],
    ageField: "uptime_s",
  },
  {
    panel: "device_info",
    path: "members",
    label: (row) => `Member ${text(row, "id")}`,
    fields: [
      { field: "role", severity: "warn" },
      { field: "serial", severity: "warn" },
      { field: "version", severity: "warn" },
    ],
    appeared: "change",
    gone: "crit",
  },
  {
    panel: "ifstate",
    path: "rows",
    label: (row) => text(row, "name"),
    fields: [
      {
        field: "oper",
        severity: (from, to, row) => {
          if (to === "up") return "change";
          if (to === "err-disabled") return "crit";
          // Shut by a person is no fault.
          return from === "up" && isPort(row) && row.admin !== "down" ? "crit" : "warn";
        },
      },
      { field: "admin", severity: (_, to) => (to === "down" ? "warn" : "change") },
      { field: "reason", severity: "warn" },
      { field: "speed_bps", severity: "warn" },
      { field: "duplex", severity: "warn" },
      { field: "mtu", severity: "change" },
      { field: "mode", severity: "change" },
      { field: "vlan", severity: "change" },
      { field: "vrf", severity: "change" },
      { field: "lag", severity: "change" },
      { field: "mac", severity: "change" },
      { field: "ipv4", severity: "change" },
      { field: "ipv6", severity: "change" },
      { field: "desc", severity: "change" },
    ],
    appeared: "change",
    gone: (row) => (isPort(row) ? "warn" : "change"),
    flapCounter: "flaps",
    changedAt: "changed_at",
  },
  {
    panel: "neighbors",
    path: "rows",
    label: (row) =>
      `${text(row, "remote_name") || text(row, "chassis_id")} on ${text(row, "local_if") || "an unknown port"}`,
    fields: [
      { field: "remote_name", severity: "change" },
      { field: "mgmt_ip", severity: "change" },
      { field: "platform", severity: "change" },
    ],
    appeared: "change",
    gone: "warn",
    ttlField: "ttl_s",
  },
  {
    panel: "routing_table",
    path: "rows",
    label: (row) => `Routes ${text(row, "vrf", "afi")}`,
    fields: [
      { field: "total", severity: "change", step: 0.05 },
      { field: "default", severity: (_, to) => (to === undefined ? "crit" : "warn") },
    ],
    appeared: "change",
    gone: "warn",
  },
  {
    panel: "bgp",
    path: "rows",
    label: (row) => `BGP ${text(row, "peer")}`,
    fields: [
      {
        field: "state",
        severity: (from, to) =>
          to === "established" || to === "admin-down" ? "change" : from === "established" ? "crit" : "warn",
      },
      { field: "pfx_rx", severity: (_, to) => (to === 0 ? "warn" : "change"), step: 0.1 },
    ],
    appeared: "change",
    gone: "warn",
    flapCounter: "flaps",
    ageField: "uptime_s",
  },
  {
    panel: "ospf",
    path: "rows",
    label: (row) => `OSPF ${text(row, "neighbor_id")} on ${text(row, "if")}`,
    // Between two drothers 2way is where it ends [T27].
    fields: [{ field: "state", severity: stateOf(new Set(["full", "2way"])) }],
    appeared: "change",
    gone: "crit",
    ageField: "uptime_s",
  },
  {
    panel: "env",
    path: "psus",
    label: (row) => `Power supply ${text(row, "id")}`,
    fields: [SENSOR],
    appeared: "change",
    gone: "crit",
  },
  {
    panel: "env",
    path: "fans",
    label: (row) => `Fan ${text(row, "id")}`,
    fields: [SENSOR],
    appeared: "change",
    gone: "crit",
  },
  {
    panel: "env",
    path: "temps",
    label: (row) => `Temperature ${text(row, "id")}`,
    fields: [SENSOR],
  },
  {
    panel: "optics",
    path: "rows",
    label: (row) => `Optic ${text(row, "if", "lane")}`,
    fields: [
      { field: "state", severity: (_, to) => (to === "ok" ? "change" : to === "warn" ? "warn" : "crit") },
      { field: "serial", severity: "change" },
    ],
    appeared: "change",
    gone: "warn",
  },
];

/** How a row is called for a person, also in panels that make no events: its key as the panel shows it. */
export function rowLabel(panel: PanelId, path: string | undefined, row: Row): string {
  const section = WATCHED.find((one) => one.panel === panel && one.path === path);
  if (section !== undefined) return section.label(row);
  const { title, sections } = panelDef(panel);
  const own = sections.find((one) => one.kind === "table" && one.path === path);
  const key = own === undefined ? "" : rowKey(own, row).replaceAll("|", " ").trim();
  return key === "" ? title : `${title} ${key}`;
}
