import type { LoadView, LookupAnswer, PortDetails, Result, Source, UiCommand, ViewKey, Views } from "#bridge/types.ts";

const DEVICE = "demo:core-1";
const scene = (): string => new URLSearchParams(location.search).get("scene") ?? "";

const source = (command: string): Source => ({
  command,
  form: "text",
  parser: "ios.route-lookup",
  parser_version: 1,
  ts: Date.now() - 2_000,
  ms: 84,
  bytes: 412,
  rows: 1,
  unparsed_lines: 0,
  complete: true,
  capture: `c-${command}`,
  notes: [],
});

const details: PortDetails = {
  answers: [
    {
      panel: "optics",
      command: "optics_port",
      outcome: "ok",
      source: source("show interfaces TenGigabitEthernet1/1/1 transceiver detail"),
      data: {
        optics: {
          rows: [
            {
              if: "TenGigabitEthernet1/1/1",
              lane: "1",
              type: "SFP-10GBase-SR",
              vendor: "CISCO-FINISAR",
              serial: "FNS1949",
              rx_dbm: -10.4,
              tx_dbm: -2.3,
              temp_c: 41,
              bias_ma: 7.1,
              rx_limits: { hi_alarm: 2, hi_warn: -1, lo_warn: -9.9, lo_alarm: -13.9 },
              tx_limits: { hi_alarm: 1.7, hi_warn: -1.3, lo_warn: -7.3, lo_alarm: -11.3 },
              temp_limits: { hi_alarm: 75, hi_warn: 70, lo_warn: 0, lo_alarm: -5 },
            },
          ],
          row_count: 1,
        },
      },
    },
    { panel: "poe", command: "poe", outcome: "unsupported", source: source("show power inline Te1/1/1") },
    {
      panel: "mac_table",
      command: "mac_port",
      outcome: "ok",
      source: source("show mac address-table interface TenGigabitEthernet1/1/1"),
      data: {
        mac_table: {
          rows: Array.from({ length: 5 }, (_, n) => ({
            mac: `00:1b:54:aa:0${n}:1c`,
            vlan: String(10 + n),
            type: "dynamic",
            if: "TenGigabitEthernet1/1/1",
          })),
          row_count: 5,
        },
      },
    },
  ],
  gaps: [],
};

const lookup: LookupAnswer[] = [
  {
    command: "lookup4",
    outcome: "ok",
    source: source("show ip route 10.20.7.9"),
    data: {
      route_lookup: {
        query: "10.20.7.9",
        matches: [
          {
            prefix: "10.20.0.0/16",
            proto: "ospf 1",
            distance: 110,
            metric: 20,
            age_s: 86_512,
            selected: true,
            nexthops: [{ ip: "10.255.0.2", if: "TenGigabitEthernet1/1/1" }],
          },
        ],
      },
    },
  },
  {
    command: "cef4",
    outcome: "ok",
    source: source("show ip cef 10.20.7.9"),
    data: {
      route_lookup: {
        fib: { prefix: "10.20.0.0/16", nexthops: [{ ip: "10.255.0.2", if: "TenGigabitEthernet1/1/1" }] },
      },
    },
  },
];

const route = (n: number) => ({
  prefix: `10.${n >> 8}.${n & 255}.0/24`,
  proto: n % 3 === 0 ? "bgp" : "ospf",
  distance: 110,
  metric: n % 40,
  age_s: 3_600 + n,
  selected: true,
  nexthops: [{ ip: `192.0.2.${1 + (n % 4)}`, if: "TenGigabitEthernet1/1/1" }],
  vrf: "default",
});
const ROUTES = 100_000;

/** Answers of a device to what a person asks; undefined for every other command. */
export function askAnswer(
  command: UiCommand,
  set: <K extends ViewKey>(key: K, view: Views[K]) => void,
): Result | undefined {
  if (command.action === "port_details") return { ok: true, value: details };
  if (command.action === "lookup") return { ok: true, value: lookup };
  if (command.action === "full_table") {
    const { ticket, table } = command.payload;
    const now = Date.now();
    const load: LoadView = {
      ticket,
      what: table,
      phase: "done",
      bytes: 14_100_000,
      rows: ROUTES,
      started_at: now - 6_200,
    };
    const size = { estimate_bytes: 14_200_000 };
    const name = scene();
    if (name === "whole-table-confirm")
      set(`load:${DEVICE}`, { ...load, ...size, phase: "confirm", bytes: 0, rows: 0 });
    else if (name === "whole-table-load")
      set(`load:${DEVICE}`, { ...load, ...size, phase: "running", bytes: 5_100_000 });
    else {
      const reading = { panel: "routes", schema: 1, ts: now - 1_000, age_ms: 1_000, status: "ok" } as const;
      const sources = [source("show ip route")];
      set(`panel:${DEVICE}:routes`, {
        ...reading,
        sources,
        data: { row_count: ROUTES },
      });
      set(`load:${DEVICE}`, { ...load, done_at: now });
    }
    return { ok: true };
  }
  if (command.action === "table" && command.payload.panel === "routes") {
    const { offset, limit } = command.payload;
    const rows = Array.from({ length: limit }, (_, n) => route(offset + n));
    return { ok: true, value: { total: ROUTES, rows } };
  }
  return undefined;
}
