import type { PanelReading, Source, Views } from "#bridge/types.ts";
import type { PanelData, PanelId } from "#telemetry/knowledge/panels.ts";

const STEP_MS = 10_000;

const wave = (now: number, base: number, swing: number, phase: number) =>
  Array.from({ length: 40 }, (_, index) => ({
    t: now - (39 - index) * STEP_MS,
    in_bps: base + swing * Math.sin(index / 4 + phase) ** 2 + (swing / 4) * Math.sin(index * 1.7),
    out_bps: base / 3 + (swing / 2) * Math.cos(index / 5 + phase) ** 2,
    ...(index === 22 ? { gap: true as const } : {}),
  }));

const source = (command: string, now: number): Source => ({
  command,
  form: "text",
  parser: "cisco_ios",
  parser_version: 1,
  ts: now - 8_000,
  ms: 212,
  bytes: 4_820,
  rows: 6,
  unparsed_lines: 0,
  complete: true,
  capture: `c-${command}`,
  notes: [],
});

/** Readings of every panel kind, with one stale, one denied and one unsupported. */
export function panelViews(device: string, now: number): Partial<Views> {
  const views: Record<string, unknown> = {};
  const put = <P extends PanelId>(
    panel: P,
    command: string,
    data: PanelData[P] | undefined,
    more: Partial<PanelReading> = {},
  ) => {
    views[`panel:${device}:${panel}`] = {
      panel,
      schema: 1,
      ts: now - 8_000,
      age_ms: 8_000,
      interval_ms: 30_000,
      next_due: now + 22_000,
      status: "ok",
      sources: [source(command, now)],
      ...(data === undefined ? {} : { data }),
      ...more,
    };
  };
  put("device_info", "show version", {
    hostname: "core-1",
    vendor: "Cisco",
    model: "C9300-24T",
    os: "IOS-XE",
    os_version: "17.9.4a",
    serial: "FOC2345X0AB",
    uptime_s: 3_512_340,
    mgmt_ip: "10.20.0.1",
    reload_reason: "Reload Command",
  });
  put("cpu", "show processes cpu", {
    busy_pct: 37,
    busy_1m_pct: 31,
    busy_5m_pct: 28,
    interrupt_pct: 2,
    trend: Array.from({ length: 40 }, (_, i) => ({
      t: now - (39 - i) * STEP_MS,
      busy_pct: 30 + 9 * Math.sin(i / 3) + (i % 7),
    })),
  });
  put("memory", "show processes memory", {
    pools: [
      { name: "Processor", total_b: 1_734_210_560, used_b: 402_653_184, used_pct: 23.2 },
      { name: "I/O", total_b: 12_582_912, used_b: 10_905_190, used_pct: 86.7 },
    ],
  });
  const ports = [
    "GigabitEthernet0/0",
    "GigabitEthernet0/1",
    "GigabitEthernet0/2",
    "GigabitEthernet0/3",
    "Loopback0",
    "Vlan10",
  ];
  put("ifstate", "show interfaces", {
    row_count: ports.length,
    rows: ports.map((name, index) => ({
      name,
      short: name.replace("GigabitEthernet", "Gi").replace("Loopback", "Lo"),
      admin: index === 3 ? ("down" as const) : ("up" as const),
      oper: index === 2 || index === 3 ? ("down" as const) : ("up" as const),
      desc: ["uplink to edge-1", "to dist-a", "to r3, cable 14", "", "router id", "management"][index] ?? "",
      speed_bps: 1_000_000_000,
    })),
  });
  put("ifcounters", "show interfaces", {
    row_count: 3,
    rows: [0, 1, 4].map((index) => ({
      name: ports[index] ?? "",
      in_bps: [482_300_000, 12_800_000, 0, 0, 820][index] ?? 0,
      out_bps: [120_400_000, 3_900_000, 0, 0, 0][index] ?? 0,
      err_per_s: index === 1 ? 0.12 : 0,
      in_octets: "184467440737095516",
      in_err: index === 1 ? "1204" : "0",
      trend: wave(now, 10 ** (7 - index), 4 * 10 ** (7 - index), index),
    })),
  });
  put("neighbors", "show lldp neighbors detail", {
    row_count: 2,
    rows: [
      {
        local_if: "GigabitEthernet0/0",
        proto: "lldp",
        chassis_id: "aa:bb:cc:00:01:00",
        remote_if: "ge-0/0/1",
        remote_name: "edge-1",
        platform: "Junos",
      },
      {
        local_if: "GigabitEthernet0/1",
        proto: "lldp",
        chassis_id: "aa:bb:cc:00:02:00",
        remote_if: "Ethernet1",
        remote_name: "dist-a\u202egpj.exe",
      },
    ],
  });
  put("routing_table", "show ip route summary", {
    row_count: 1,
    rows: [
      {
        vrf: "default",
        afi: "ipv4",
        total: 812_453,
        protocols: [
          { proto: "bgp", rib: 812_001 },
          { proto: "ospf", rib: 448 },
        ],
        default: { via: "10.0.12.2", if: "GigabitEthernet0/0", proto: "bgp" },
      },
    ],
  });
  put(
    "bgp",
    "show ip bgp summary",
    {
      row_count: 3,
      totals: { up: 1, down: 1, admin_down: 1 },
      rows: [
        {
          vrf: "default",
          afi: "ipv4",
          peer: "10.0.12.2",
          remote_as: "65002",
          state: "established",
          uptime_s: 544_320,
          pfx_rx: 412,
          desc: "transit A",
        },
        {
          vrf: "default",
          afi: "ipv4",
          peer: "10.0.13.3",
          remote_as: "65003",
          state: "active",
          state_age_s: 42,
          pfx_rx: 0,
          desc: "transit B",
        },
        { vrf: "default", afi: "ipv4", peer: "10.0.14.4", remote_as: "65004", state: "admin-down", desc: "lab" },
      ],
    },
    { ts: now - 190_000 },
  );
  put("ospf", "show ip ospf neighbor", { row_count: 0, rows: [] });
  put("users", "show users", undefined, {
    status: "denied",
    reason: "no_permission",
    hint: "The user needs privilege 1 for this command.",
  });
  put(
    "collector",
    "none",
    {
      commands: [
        {
          command: "show interfaces",
          tier: "D",
          interval_ms: 30_000,
          last_ms: 212,
          bytes: 4_820,
          ok: 31,
          errors: 0,
          timeouts: 0,
          state: "ok",
        },
      ],
      commands_per_min: 14,
      duty_pct: 2.1,
      duty_cap_pct: 10,
      bytes_total: 812_000,
      guard: "normal",
      cpu_before_pct: 28,
      cpu_now_pct: 29,
    },
    { sources: [] },
  );
  return views as Partial<Views>;
}
