/**
 * Payloads of the panels. Every field is optional except row keys: a value that is not known is absent, never 0, "" or
 * a placeholder [T5]. Suffixes carry the unit [T11]: `_b` bytes, `_bps` bits/s, `_pps` packets/s, `_s` seconds, `_ms`
 * milliseconds, `_pct` percent, `_c` Celsius, `_w` `_v` `_ma` `_dbm` `_nm` `_rpm`, `_at` epoch milliseconds.
 */
import type { AuditEntry, CollectorStats } from "./collector-data.ts";
import type { LookupPanels } from "./lookup-data.ts";

export type { AuditEntry, CollectorStats } from "./collector-data.ts";
export type * from "./lookup-data.ts";

/** An unsigned integer as decimal text; never a `number`, which would lose digits beyond 2^53 [T13]. */
export type Counter = string;

/** Panels that can be subscribed. */
export const PANEL_IDS = [
  "device_info",
  "cpu",
  "memory",
  "ifstate",
  "ifcounters",
  "traffic",
  "neighbors",
  "routing_table",
  "bgp",
  "ospf",
  "arp",
  "mac",
  "users",
  "log",
  "env",
  "optics",
  "lag",
  "poe",
  "route_lookup",
  "routes",
  "arp_table",
  "mac_table",
  "raw",
  "collector",
  "audit",
] as const;

/** Name of a panel. */
export type PanelId = (typeof PANEL_IDS)[number];

/** Class of an interface [T21]. */
export type IfClass = "phys" | "lag" | "svi" | "loop" | "tunnel" | "mgmt" | "sub" | "internal" | "other";
/** State of a sensor, fan, power supply or optic [T26]. */
export type SensorState = "ok" | "warn" | "crit" | "absent" | "off";
/** Operational state of an interface. */
export type OperState = "up" | "down" | "testing" | "dormant" | "absent" | "lower-down" | "err-disabled";
/** State of a BGP session. */
export type BgpState = "idle" | "connect" | "active" | "opensent" | "openconfirm" | "established" | "admin-down";
/** State of an OSPF adjacency. */
export type OspfState = "down" | "attempt" | "init" | "2way" | "exstart" | "exchange" | "loading" | "full";
/** Role of an OSPF neighbour on its link. */
export type OspfRole = "dr" | "bdr" | "drother" | "p2p";
/** State of an ARP or ND entry. */
export type ArpState = "reachable" | "stale" | "delay" | "probe" | "failed" | "incomplete" | "permanent";

/** Rows of a panel. Above 500 rows `rows` is absent and views ask the collector for windows [T77]. */
export type Rows<R> = { rows?: R[]; row_count: number };

/** One point of a series; `gap` breaks the line before this point [T83]. */
export type SeriesPoint<F extends string> = { t: number; gap?: true } & Partial<Record<F, number>>;

export type DeviceInfo = {
  hostname?: string;
  vendor?: string;
  model?: string;
  os?: string;
  os_version?: string;
  kernel?: string;
  image?: string;
  serial?: string;
  base_mac?: string;
  uptime_s?: number;
  boot_at?: number;
  reload_reason?: string;
  mgmt_ip?: string;
  location?: string;
  clock_offset_s?: number;
  config_changed_at?: number;
  config_changed_by?: string;
  members?: { id: string; role?: string; model?: string; serial?: string; version?: string }[];
};

export type Cpu = {
  busy_pct?: number;
  busy_1m_pct?: number;
  busy_5m_pct?: number;
  busy_15m_pct?: number;
  interrupt_pct?: number;
  user_pct?: number;
  system_pct?: number;
  iowait_pct?: number;
  load1?: number;
  load5?: number;
  load15?: number;
  cores?: { id: string; busy_pct?: number }[];
  slots?: { id: string; role?: string; busy_pct?: number }[];
  /** The last hour at most, newest last. */
  trend?: SeriesPoint<"busy_pct">[];
};

export type MemoryPool = {
  name: string;
  total_b?: number;
  used_b?: number;
  free_b?: number;
  available_b?: number;
  cached_b?: number;
  used_pct?: number;
};
export type Memory = { pools?: MemoryPool[]; swap_total_b?: number; swap_used_b?: number };

export type IfStateRow = {
  name: string;
  short?: string;
  class?: IfClass;
  parent?: string;
  desc?: string;
  admin?: "up" | "down";
  admin_raw?: string;
  oper?: OperState;
  oper_raw?: string;
  reason?: string;
  speed_bps?: number;
  duplex?: "full" | "half";
  autoneg?: boolean;
  mtu?: number;
  mac?: string;
  mode?: "access" | "trunk" | "routed";
  vlan?: string;
  vrf?: string;
  ipv4?: string[];
  ipv6?: string[];
  lag?: string;
  changed_at?: number;
  flaps?: Counter;
  /** Interfaces that the platform keeps for itself; hidden by default, not dropped [T24]. */
  hidden?: true;
};

/** Counters of an interface; each is unsigned decimal text. */
export type IfCounters = {
  in_octets?: Counter;
  out_octets?: Counter;
  in_ucast?: Counter;
  out_ucast?: Counter;
  in_pkts?: Counter;
  out_pkts?: Counter;
  in_mcast?: Counter;
  in_bcast?: Counter;
  in_err?: Counter;
  out_err?: Counter;
  crc?: Counter;
  runts?: Counter;
  giants?: Counter;
  in_drop?: Counter;
  out_drop?: Counter;
  pause_in?: Counter;
  pause_out?: Counter;
  carrier?: Counter;
};

/** Rates between two samples of our own; absent until there are two, and across every gap [T15] [T16]. */
export type IfRates = {
  in_bps?: number;
  out_bps?: number;
  in_pps?: number;
  out_pps?: number;
  in_util_pct?: number;
  out_util_pct?: number;
  err_per_s?: number;
};

export type IfCountersRow = { name: string; short?: string; class?: IfClass; hidden?: true } & IfCounters &
  IfRates & {
    /** Rates as the device prints them, over its own window of `load_interval_s` [T19]. */
    dev_in_bps?: number;
    dev_out_bps?: number;
    load_interval_s?: number;
    last_cleared_s?: number;
    trend?: SeriesPoint<"in_bps" | "out_bps">[];
  };

export type TrafficRow = { name: string; speed_bps?: number } & IfCounters &
  IfRates & {
    trend?: SeriesPoint<"in_bps" | "out_bps" | "err_per_s">[];
  };

export type NeighborRow = {
  /** Part of the key; absent where a device does not say on which port it heard the neighbour (old IOS). */
  local_if?: string;
  proto: "lldp" | "cdp";
  chassis_id: string;
  remote_if: string;
  remote_name?: string;
  remote_port_desc?: string;
  mgmt_ip?: string[];
  platform?: string;
  desc?: string;
  caps?: string[];
  ttl_s?: number;
  age_s?: number;
};

export type RouteSummaryRow = {
  vrf: string;
  afi: "ipv4" | "ipv6";
  total?: number;
  fib_total?: number;
  protocols?: { proto: string; rib?: number; fib?: number }[];
  default?: { via?: string; if?: string; proto?: string; age_s?: number };
};

export type BgpRow = {
  vrf: string;
  afi: string;
  peer: string;
  desc?: string;
  remote_as?: string;
  local_as?: string;
  router_id?: string;
  state?: BgpState;
  state_raw?: string;
  uptime_s?: number;
  state_age_s?: number;
  pfx_rx?: number;
  pfx_accepted?: number;
  pfx_tx?: number;
  pfx_max?: number;
  msg_in?: Counter;
  msg_out?: Counter;
  flaps?: Counter;
  reset_reason?: string;
};
export type Bgp = Rows<BgpRow> & { totals?: { up: number; down: number; admin_down: number } };

export type OspfRow = {
  vrf: string;
  instance: string;
  if: string;
  neighbor_id: string;
  afi?: "ipv4" | "ipv6";
  area?: string;
  address?: string;
  state?: OspfState;
  state_raw?: string;
  role?: OspfRole;
  prio?: number;
  dead_s?: number;
  uptime_s?: number;
  retx?: number;
};

export type ArpRow = {
  vrf: string;
  ip: string;
  mac?: string;
  if?: string;
  vlan?: string;
  age_s?: number;
  state?: ArpState;
  state_raw?: string;
};
export type Arp = {
  count?: number;
  incomplete?: number;
  by_vrf?: { vrf: string; count: number }[];
  rows?: ArpRow[];
  row_count?: number;
};

export type MacRow = { vlan: string; mac: string; if?: string; type?: string; age_s?: number };
export type Mac = {
  count?: number;
  dynamic?: number;
  static?: number;
  by_vlan?: { vlan: string; count: number }[];
  rows?: MacRow[];
  row_count?: number;
};

export type UserRow = { line: string; user?: string; from?: string; idle_s?: number; is_us?: boolean };
export type Users = { lines?: UserRow[]; lines_total?: number; lines_free?: number };

export type LogEntry = {
  cursor: string;
  at?: number;
  /** The device's own words for the time, when the year or zone is not known [T78]. */
  at_text?: string;
  /** 0 (emergency) to 7 (debug), RFC 5424. */
  severity?: number;
  facility?: string;
  mnemonic?: string;
  process?: string;
  text: string;
  /** `async`: the device wrote it into our session unasked [T49]. */
  source?: "log" | "async";
};

export type TempSensor = {
  id: string;
  temp_c?: number;
  warn_c?: number;
  crit_c?: number;
  state?: SensorState;
  state_raw?: string;
};
export type Fan = {
  id: string;
  rpm?: number;
  pct?: number;
  direction?: string;
  state?: SensorState;
  state_raw?: string;
};
export type Psu = {
  id: string;
  model?: string;
  in_w?: number;
  out_w?: number;
  in_v?: number;
  capacity_w?: number;
  state?: SensorState;
  state_raw?: string;
};
export type Env = {
  temps?: TempSensor[];
  fans?: Fan[];
  psus?: Psu[];
  power_used_w?: number;
  power_capacity_w?: number;
};

/** Alarm and warning limits of one optical metric, in the metric's unit. */
export type Limits = { hi_alarm?: number; hi_warn?: number; lo_warn?: number; lo_alarm?: number };
export type OpticRow = {
  if: string;
  lane: string;
  type?: string;
  vendor?: string;
  part?: string;
  serial?: string;
  wavelength_nm?: number;
  temp_c?: number;
  volt_v?: number;
  bias_ma?: number;
  tx_dbm?: number;
  rx_dbm?: number;
  temp_limits?: Limits;
  volt_limits?: Limits;
  bias_limits?: Limits;
  tx_limits?: Limits;
  rx_limits?: Limits;
  state?: SensorState;
};

/** Answers of a few safe commands as they came, for platforms that no pack knows and for panels that no parser fits. */
export type Raw = { outputs: { command: string; text: string; capture: string; at: number }[] };

/** Payload type per panel. */
export type PanelData = LookupPanels & {
  device_info: DeviceInfo;
  cpu: Cpu;
  memory: Memory;
  ifstate: Rows<IfStateRow>;
  ifcounters: Rows<IfCountersRow>;
  traffic: Rows<TrafficRow>;
  neighbors: Rows<NeighborRow>;
  routing_table: Rows<RouteSummaryRow>;
  bgp: Bgp;
  ospf: Rows<OspfRow>;
  arp: Arp;
  mac: Mac;
  users: Users;
  log: { entries: LogEntry[] };
  env: Env;
  optics: Rows<OpticRow>;
  raw: Raw;
  collector: CollectorStats;
  audit: { entries: AuditEntry[] };
};
