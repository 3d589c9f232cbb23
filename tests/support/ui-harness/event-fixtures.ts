import type { AlertState, AlertsView, ChangeEvent, ChangesView, ListedRule, Views } from "#bridge/types.ts";
import { SHIPPED_RULES } from "#telemetry/alerts/shipped-rules.ts";

const S = 1_000;
const MIN = 60 * S;

/** A morning's changes and alerts of a device. */
export function eventViews(device: string, now: number): Partial<Views> {
  let n = 0;
  const change = (ago: number, more: Partial<ChangeEvent>): ChangeEvent => ({
    id: `${String(now - ago).padStart(15, "0")}-${String(n++).padStart(4, "0")}`,
    at: now - ago,
    not_before: now - ago - 10 * S,
    panel: "ifstate",
    key: "GigabitEthernet0/2",
    label: "GigabitEthernet0/2",
    kind: "changed",
    severity: "change",
    count: 1,
    captures: ["c1"],
    ...more,
  });
  const alert = (id: string, more: Partial<AlertState>): AlertState => ({
    id,
    rule: id.split("/")[0] ?? id,
    title: "Port down that was up",
    panel: "ifstate",
    key: id.split("/")[1] ?? "",
    label: "GigabitEthernet0/2",
    field: "oper",
    level: "crit",
    phase: "active",
    since: now - 64 * S,
    at: now - 4 * S,
    value: "down",
    ...more,
  });
  const events = [
    change(64 * S, { field: "oper", from: "up", to: "down", severity: "crit" }),
    change(90 * S, { panel: "bgp", key: "p", label: "BGP 10.255.0.2", kind: "flapped", severity: "warn", count: 3 }),
    change(3 * MIN, { panel: "neighbors", key: "q", label: "access-2 on Gi0/3", kind: "appeared" }),
    change(9 * MIN, { panel: "routing_table", key: "default|ipv4", label: "Routes default ipv4", field: "total" }),
    change(50 * MIN, { field: "speed_bps", from: "1000000000", to: "100000000", severity: "warn" }),
    change(58 * MIN, { label: "TenGigabitEthernet1/0/24", field: "desc", from: "uplink to core", to: "to be removed" }),
    change(120 * MIN, {
      panel: "env",
      key: "psu2",
      label: "Power supply 2",
      kind: "gone",
      severity: "crit",
      across_gap: true,
      not_before: now - 125 * MIN,
    }),
  ].map((event) => (event.field === "total" ? { ...event, from: "912340", to: "104120" } : event));
  const changes: ChangesView = { events, seen_until: now - 2 * MIN, unseen: 2 };
  const alerts: AlertsView = {
    alerts: [
      alert("port.down/Gi0/2", {}),
      alert("cpu.busy/", {
        title: "Processor busy",
        panel: "cpu",
        label: "CPU",
        field: "busy_pct",
        level: "warn",
        value: "86.4",
        limit: "80",
        our_default: true,
        acknowledged_at: now - 30 * S,
        snoozed_until: now + 15 * MIN,
      }),
      alert("bgp.not_established/p", {
        title: "BGP peer not established",
        label: "BGP 198.51.100.1 ipv4 unicast",
        panel: "bgp",
        field: "state",
        phase: "unknown",
        value: "active",
        at: now - 4 * MIN,
      }),
      alert("temp.limits/t", {
        title: "Temperature outside its limits",
        label: "Temperature inlet",
        panel: "env",
        field: "state",
        level: "warn",
        phase: "cleared",
        cleared_at: now - 20 * MIN,
        value: "warn",
      }),
    ],
    crit: 1,
    warn: 1,
  };
  return Object.fromEntries([
    [`changes:${device}`, changes],
    [`alerts:${device}`, alerts],
  ]) as Partial<Views>;
}

/** The rules as the worker lists them, one changed and one of the person. */
export const listedRules: readonly ListedRule[] = [
  ...SHIPPED_RULES.map((rule) => ({ ...rule, origin: rule.id === "cpu.busy" ? "changed" : "shipped" }) as const),
  {
    id: "own.1",
    title: "Uplink nearly full",
    panel: "ifcounters",
    section: "rows",
    field: "out_bps",
    op: "above",
    warn: 800_000_000,
    hold_s: 30,
    enabled: false,
    origin: "own",
  },
];
