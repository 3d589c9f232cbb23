import { type FieldDef, field as f, keyField as k } from "./field-defs.ts";
import { PANEL_IDS, type PanelId } from "./panel-data.ts";

export type { FieldDef, Unit } from "./field-defs.ts";
export type * from "./panel-data.ts";
export { PANEL_IDS } from "./panel-data.ts";
export type * from "./reading.ts";

/** A group of fields shown as label and value. */
export type RecordSection = {
  kind: "record";
  id: string;
  title?: string;
  fields: FieldDef[] /** Object inside the payload; absent: the payload itself. */;
  path?: string;
};
/** Rows under `path` of the payload. */
export type TableSection = {
  kind: "table";
  id: string;
  title?: string;
  path: string;
  fields: FieldDef[];
  empty: string;
};
/** One part of a panel. */
export type PanelSection = RecordSection | TableSection;

/** What a view needs to draw a panel without knowing it. */
export type PanelDef = {
  id: PanelId;
  title: string;
  order: number;
  kind: "record" | "table" | "mixed" | "text";
  /** Shown before the user chose. */
  initial: boolean;
  /** Schema number of the payload [T30]. */
  schema: number;
  sections: PanelSection[];
};

const record = (id: string, fields: FieldDef[], title?: string): RecordSection => ({
  kind: "record",
  id,
  fields,
  ...(title ? { title } : {}),
});
const table = (path: string, empty: string, fields: FieldDef[], title?: string): TableSection => ({
  kind: "table",
  id: path,
  path,
  fields,
  empty,
  ...(title ? { title } : {}),
});

const rates = [
  f("in_bps", "In", "bps", 1),
  f("out_bps", "Out", "bps", 1),
  f("trend", "Trend", "trend", 1),
  f("in_util_pct", "In use", "pct"),
  f("out_util_pct", "Out use", "pct"),
  f("in_pps", "In pkts", "pps", 3),
  f("out_pps", "Out pkts", "pps", 3),
  f("err_per_s", "Errors/s", "per_s"),
];

const counters = (
  [
    ["in_octets", "In octets"],
    ["out_octets", "Out octets"],
    ["in_err", "In errors"],
    ["out_err", "Out errors"],
    ["in_drop", "In drops"],
    ["out_drop", "Out drops"],
    ["crc", "CRC"],
    ["in_pkts", "In packets"],
    ["out_pkts", "Out packets"],
    ["in_ucast", "In unicast"],
    ["out_ucast", "Out unicast"],
    ["in_mcast", "In multicast"],
    ["in_bcast", "In broadcast"],
    ["runts", "Runts"],
    ["giants", "Giants"],
    ["pause_in", "Pause in"],
    ["pause_out", "Pause out"],
    ["carrier", "Carrier"],
  ] as const
).map(([name, label]) => f(name, label, "counter", 3));

const sections: Record<PanelId, { title: string; kind: PanelDef["kind"]; initial?: true; sections: PanelSection[] }> = {
  device_info: {
    title: "Device",
    kind: "mixed",
    initial: true,
    sections: [
      record("identity", [
        f("hostname", "Host", "text", 1),
        f("vendor", "Vendor", "text"),
        f("model", "Model", "text", 1),
        f("os", "System", "text", 1),
        f("os_version", "Version", "text", 1),
        f("kernel", "Kernel", "text", 3),
        f("image", "Image", "text", 3),
        f("serial", "Serial", "text"),
        f("base_mac", "Base MAC", "text", 3),
        f("uptime_s", "Up for", "seconds", 1),
        f("boot_at", "Booted", "at", 3),
        f("reload_reason", "Last reload", "text"),
        f("mgmt_ip", "Management IP", "text"),
        f("location", "Location", "text"),
        f("clock_offset_s", "Clock offset", "seconds", 3),
        f("config_changed_at", "Config changed", "at"),
        f("config_changed_by", "Changed by", "text"),
      ]),
      table(
        "members",
        "Not a stack",
        [
          k("id", "Member"),
          f("role", "Role", "text"),
          f("model", "Model", "text"),
          f("serial", "Serial", "text"),
          f("version", "Version", "text"),
        ],
        "Members",
      ),
    ],
  },
  cpu: {
    title: "CPU",
    kind: "mixed",
    initial: true,
    sections: [
      record("load", [
        f("busy_pct", "Busy", "pct", 1),
        f("busy_1m_pct", "1 min", "pct", 1),
        f("busy_5m_pct", "5 min", "pct", 1),
        f("busy_15m_pct", "15 min", "pct"),
        f("interrupt_pct", "Interrupt", "pct"),
        f("user_pct", "User", "pct"),
        f("system_pct", "System", "pct"),
        f("iowait_pct", "I/O wait", "pct"),
        f("load1", "Load 1", "count"),
        f("load5", "Load 5", "count"),
        f("load15", "Load 15", "count"),
        f("trend", "Trend", "trend", 1),
      ]),
      table("cores", "No per-core figures", [k("id", "Core"), f("busy_pct", "Busy", "pct", 1)], "Cores"),
      table(
        "slots",
        "No slots",
        [k("id", "Slot"), f("role", "Role", "text"), f("busy_pct", "Busy", "pct", 1)],
        "Slots",
      ),
    ],
  },
  memory: {
    title: "Memory",
    kind: "mixed",
    initial: true,
    sections: [
      table("pools", "No memory pools", [
        k("name", "Pool"),
        f("used_pct", "Used", "pct", 1),
        f("used_b", "Used", "bytes", 1),
        f("total_b", "Total", "bytes", 1),
        f("free_b", "Free", "bytes"),
        f("available_b", "Available", "bytes"),
        f("cached_b", "Cached", "bytes", 3),
      ]),
      record("swap", [f("swap_used_b", "Swap used", "bytes"), f("swap_total_b", "Swap total", "bytes")]),
    ],
  },
  ifstate: {
    title: "Interfaces",
    kind: "table",
    initial: true,
    sections: [
      table("rows", "No interfaces", [
        k("name", "Interface"),
        f("oper", "State", "state", 1),
        f("admin", "Admin", "state"),
        f("desc", "Description", "text", 1),
        f("reason", "Reason", "text"),
        f("speed_bps", "Speed", "bps"),
        f("duplex", "Duplex", "text", 3),
        f("mtu", "MTU", "count", 3),
        f("mode", "Mode", "text", 3),
        f("vlan", "VLAN", "text"),
        f("vrf", "VRF", "text", 3),
        f("ipv4", "IPv4", "list"),
        f("ipv6", "IPv6", "list", 3),
        f("lag", "Bundle", "name", 3),
        f("parent", "Parent", "name", 3),
        f("mac", "MAC", "text", 3),
        f("flaps", "Flaps", "counter", 3),
        f("changed_at", "Changed", "at", 3),
        f("class", "Class", "text", 3),
      ]),
    ],
  },
  ifcounters: {
    title: "Interface counters",
    kind: "table",
    initial: true,
    sections: [
      table("rows", "No counters", [
        k("name", "Interface"),
        ...rates,
        ...counters,
        f("dev_in_bps", "In (device)", "bps", 3),
        f("dev_out_bps", "Out (device)", "bps", 3),
        f("load_interval_s", "Device window", "seconds", 3),
        f("last_cleared_s", "Cleared", "seconds", 3),
      ]),
    ],
  },
  traffic: {
    title: "Pinned ports",
    kind: "table",
    initial: true,
    sections: [
      table("rows", "No pinned interface", [k("name", "Interface"), f("speed_bps", "Speed", "bps"), ...rates]),
    ],
  },
  neighbors: {
    title: "Neighbours",
    kind: "table",
    initial: true,
    sections: [
      table("rows", "No neighbours heard", [
        k("local_if", "Local port"),
        f("remote_name", "Neighbour", "text", 1),
        k("remote_if", "Remote port"),
        f("platform", "Platform", "text"),
        k("proto", "By", "text"),
        f("mgmt_ip", "Management IP", "list"),
        f("remote_port_desc", "Port description", "text", 3),
        f("caps", "Capabilities", "list", 3),
        k("chassis_id", "Chassis", "text"),
        f("desc", "Description", "text", 3),
        f("ttl_s", "TTL", "seconds", 3),
        f("age_s", "Age", "seconds", 3),
      ]),
    ],
  },
  routing_table: {
    title: "Routes",
    kind: "table",
    initial: true,
    sections: [
      table("rows", "No routes", [
        k("vrf", "VRF"),
        k("afi", "Family", "text"),
        f("total", "Routes", "count", 1),
        f("fib_total", "In FIB", "count", 1),
        f("protocols", "By protocol", "rows", 1),
        f("default", "Default route", "rows", 1),
      ]),
    ],
  },
  bgp: {
    title: "BGP",
    kind: "mixed",
    initial: true,
    sections: [
      {
        ...record("totals", [
          f("up", "Up", "count", 1),
          f("down", "Down", "count", 1),
          f("admin_down", "Shut", "count", 1),
        ]),
        path: "totals",
      },
      table("rows", "No BGP peers", [
        k("peer", "Peer"),
        f("state", "State", "state", 1),
        f("desc", "Description", "text", 1),
        f("remote_as", "AS", "text", 1),
        f("uptime_s", "Up for", "seconds", 1),
        f("state_age_s", "In state for", "seconds"),
        f("pfx_rx", "Received", "count", 1),
        f("pfx_accepted", "Accepted", "count"),
        f("pfx_tx", "Sent", "count"),
        f("pfx_max", "Limit", "count", 3),
        k("vrf", "VRF"),
        k("afi", "Family", "text"),
        f("msg_in", "Msg in", "counter", 3),
        f("msg_out", "Msg out", "counter", 3),
        f("flaps", "Flaps", "counter", 3),
        f("reset_reason", "Last reset", "text", 3),
        f("local_as", "Local AS", "text", 3),
        f("router_id", "Router ID", "text", 3),
      ]),
    ],
  },
  ospf: {
    title: "OSPF",
    kind: "table",
    initial: true,
    sections: [
      table("rows", "No OSPF neighbours", [
        k("neighbor_id", "Neighbour"),
        k("if", "Interface"),
        f("state", "State", "state", 1),
        f("role", "Role", "text", 1),
        f("address", "Address", "text", 1),
        f("uptime_s", "Up for", "seconds"),
        f("dead_s", "Dead in", "seconds"),
        f("prio", "Priority", "count", 3),
        f("area", "Area", "text", 3),
        k("vrf", "VRF"),
        k("instance", "Instance", "text"),
        f("afi", "Family", "text", 3),
        f("retx", "Retransmit", "count", 3),
      ]),
    ],
  },
  arp: {
    title: "ARP",
    kind: "mixed",
    sections: [
      record("counts", [f("count", "Entries", "count", 1), f("incomplete", "Incomplete", "count", 1)]),
      table("by_vrf", "No entries", [k("vrf", "VRF"), f("count", "Entries", "count", 1)], "By VRF"),
      table(
        "rows",
        "No entries",
        [
          k("ip", "Address"),
          f("mac", "MAC", "text", 1),
          f("if", "Interface", "name", 1),
          f("state", "State", "state", 1),
          f("vlan", "VLAN", "text"),
          f("age_s", "Age", "seconds"),
          k("vrf", "VRF"),
        ],
        "Entries",
      ),
    ],
  },
  mac: {
    title: "MAC table",
    kind: "mixed",
    sections: [
      record("counts", [
        f("count", "Entries", "count", 1),
        f("dynamic", "Dynamic", "count", 1),
        f("static", "Static", "count", 1),
      ]),
      table("by_vlan", "No entries", [k("vlan", "VLAN"), f("count", "Entries", "count", 1)], "By VLAN"),
      table(
        "rows",
        "No entries",
        [
          k("mac", "MAC", "text"),
          f("if", "Interface", "name", 1),
          k("vlan", "VLAN"),
          f("type", "Type", "text"),
          f("age_s", "Age", "seconds"),
        ],
        "Entries",
      ),
    ],
  },
  users: {
    title: "Logged in",
    kind: "mixed",
    sections: [
      record("lines", [f("lines_total", "Lines", "count", 1), f("lines_free", "Free", "count", 1)]),
      table("lines", "Nobody", [
        k("line", "Line"),
        f("user", "User", "text", 1),
        f("from", "From", "text", 1),
        f("idle_s", "Idle", "seconds", 1),
        f("is_us", "This app", "bool"),
      ]),
    ],
  },
  log: {
    title: "Log",
    kind: "table",
    sections: [
      table("entries", "No entries", [
        f("at_text", "Time", "text", 1),
        f("at", "At", "at", 3),
        f("severity", "Severity", "count", 1),
        f("facility", "Facility", "text", 3),
        f("mnemonic", "Mnemonic", "text"),
        f("process", "Process", "text", 3),
        f("text", "Message", "text", 1),
        f("source", "Source", "text", 3),
        k("cursor", "Cursor", "text"),
      ]),
    ],
  },
  env: {
    title: "Environment",
    kind: "mixed",
    sections: [
      record("power", [f("power_used_w", "Power used", "watt"), f("power_capacity_w", "Power capacity", "watt")]),
      table(
        "temps",
        "No temperature sensors",
        [
          k("id", "Sensor"),
          f("temp_c", "Temperature", "celsius", 1),
          f("state", "State", "state", 1),
          f("warn_c", "Warning at", "celsius"),
          f("crit_c", "Critical at", "celsius"),
        ],
        "Temperature",
      ),
      table(
        "fans",
        "No fans",
        [
          k("id", "Fan"),
          f("state", "State", "state", 1),
          f("rpm", "Speed", "rpm"),
          f("pct", "Speed", "pct"),
          f("direction", "Airflow", "text", 3),
        ],
        "Fans",
      ),
      table(
        "psus",
        "No power supplies",
        [
          k("id", "Supply"),
          f("state", "State", "state", 1),
          f("model", "Model", "text"),
          f("out_w", "Output", "watt"),
          f("in_w", "Input", "watt"),
          f("in_v", "Input", "volt", 3),
          f("capacity_w", "Capacity", "watt"),
        ],
        "Power supplies",
      ),
    ],
  },
  optics: {
    title: "Optics",
    kind: "table",
    sections: [
      table("rows", "No optics", [
        k("if", "Interface"),
        k("lane", "Lane"),
        f("rx_dbm", "Rx", "dbm", 1),
        f("tx_dbm", "Tx", "dbm", 1),
        f("state", "State", "state", 1),
        f("temp_c", "Temperature", "celsius"),
        f("volt_v", "Voltage", "volt"),
        f("bias_ma", "Bias", "milliampere"),
        f("type", "Type", "text"),
        f("vendor", "Vendor", "text", 3),
        f("part", "Part", "text", 3),
        f("serial", "Serial", "text", 3),
        f("wavelength_nm", "Wavelength", "nm", 3),
      ]),
    ],
  },
  raw: {
    title: "Raw output",
    kind: "text",
    sections: [
      table("outputs", "Nothing yet", [
        k("command", "Command", "text"),
        f("at", "At", "at"),
        f("text", "Output", "text", 1),
      ]),
    ],
  },
  collector: {
    title: "Telemetry load",
    kind: "mixed",
    initial: true,
    sections: [
      record("totals", [
        f("guard", "Guard", "state", 1),
        f("guard_reason", "Why", "text", 1),
        f("duty_pct", "Share of time", "pct", 1),
        f("duty_cap_pct", "Limit", "pct"),
        f("commands_per_min", "Commands/min", "count", 1),
        f("bytes_total", "Received", "bytes"),
        f("cpu_before_pct", "Device CPU before", "pct"),
        f("cpu_now_pct", "Device CPU now", "pct"),
        f("platform", "Platform", "text"),
        f("transport", "Channel", "text"),
      ]),
      table(
        "commands",
        "No commands",
        [
          k("command", "Command", "text"),
          f("tier", "Tier", "text", 3),
          f("interval_ms", "Every", "ms"),
          f("last_ms", "Last", "ms", 1),
          f("cost_ms", "Cost", "ms"),
          f("bytes", "Bytes", "bytes"),
          f("ok", "Good", "count", 1),
          f("errors", "Errors", "count", 1),
          f("timeouts", "Timeouts", "count"),
          f("unparsed", "Lines not understood", "count"),
          f("next_due", "Next", "at"),
          f("state", "State", "state"),
          f("parser", "Parser", "text", 3),
        ],
        "Commands",
      ),
    ],
  },
  audit: {
    title: "What was sent",
    kind: "table",
    sections: [
      table("entries", "Nothing was sent", [
        k("seq", "No.", "count"),
        f("at", "At", "at", 1),
        f("text", "Sent", "text", 1),
        f("purpose", "Purpose", "text"),
        f("outcome", "Outcome", "text", 1),
        f("ms", "Took", "ms"),
        f("bytes", "Answer", "bytes"),
        f("capture", "Capture", "text", 3),
      ]),
    ],
  },
};

/** All panels in their usual order. */
export const panelCatalog: readonly PanelDef[] = PANEL_IDS.map((id, order) => {
  const def = sections[id];
  return {
    id,
    title: def.title,
    order,
    kind: def.kind,
    initial: def.initial === true,
    schema: 1,
    sections: def.sections,
  };
});

/** Definition of one panel. */
export function panelDef(id: PanelId): PanelDef {
  const { title, kind, initial, sections: parts } = sections[id];
  return { id, title, order: PANEL_IDS.indexOf(id), kind, initial: initial === true, schema: 1, sections: parts };
}
