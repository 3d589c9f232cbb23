import type { Timetable } from "./timetable.ts";

/** One port of a simulated device. `inBps` and `outBps` are the mean load in bits/s that the traffic model varies. */
export type InterfaceSpec = {
  name: string;
  kind: "gigabit" | "loopback" | "svi";
  description: string;
  ip?: string;
  prefixLength?: number;
  mac: string;
  adminUp: boolean;
  link?: string;
  vlan?: string;
  ospf?: boolean;
  inBps: number;
  outBps: number;
};

/** A BGP neighbour as configured. `offers` names the prefix set it announces. */
export type PeerSpec = {
  ip: string;
  as: number;
  description: string;
  via: string;
  internal: boolean;
  offers: "isp-a" | "isp-b" | "none";
  faults?: Timetable;
  adminUp: boolean;
  established: boolean;
};

/** One simulated device: what never changes while the lab runs. */
export type DeviceSpec = {
  id: string;
  label: string;
  role: "router" | "switch";
  hostname: string;
  model: string;
  serial: string;
  routerId: string;
  as?: number;
  upBeforeStartMs: number;
  interfaces: readonly InterfaceSpec[];
  peers: readonly PeerSpec[];
};

/** What a neighbour that is not one of our devices says of itself by LLDP. */
export type StationSpec = { name: string; mac: string; port: string; system: string; ip: string };

/** A cable. An end is one of our ports or a station; nothing at the far end means it keeps quiet (a provider). */
export type LinkSpec = {
  id: string;
  ends: readonly { device: string; port: string }[];
  station?: StationSpec;
  faults?: Timetable;
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MBIT = 1_000_000;

/** About every 90 s the backup link is without carrier for 20 s. */
export const BACKUP_FAULTS: Timetable = { periodMs: 90_000, offsetMs: 35_000, downMs: 20_000, jitterMs: 15_000 };

/** Every four minutes provider B drops its session for most of a minute. */
export const PROVIDER_FAULTS: Timetable = { periodMs: 240_000, offsetMs: 100_000, downMs: 55_000, jitterMs: 40_000 };

function port(name: string, description: string, mac: string, rest: Partial<InterfaceSpec>): InterfaceSpec {
  return {
    name,
    kind: "gigabit",
    description,
    mac,
    adminUp: true,
    inBps: 0,
    outBps: 0,
    ...rest,
  };
}

const R1_PORTS: readonly InterfaceSpec[] = [
  port("GigabitEthernet0/0", "Provider A, circuit NW-20417", "5254.0011.0100", {
    ip: "198.51.100.2",
    prefixLength: 30,
    link: "provider-a",
    inBps: 212 * MBIT,
    outBps: 64 * MBIT,
  }),
  port("GigabitEthernet0/1", "demo-r2 Gi0/1, core", "5254.0011.0101", {
    ip: "10.0.12.1",
    prefixLength: 30,
    link: "core",
    ospf: true,
    inBps: 96 * MBIT,
    outBps: 118 * MBIT,
  }),
  port("GigabitEthernet0/2", "demo-sw1 Gi1/0/1, server LAN", "5254.0011.0102", {
    ip: "10.0.10.1",
    prefixLength: 24,
    link: "lan-r1",
    ospf: true,
    inBps: 71 * MBIT,
    outBps: 180 * MBIT,
  }),
  port("GigabitEthernet0/3", "demo-r2 Gi0/2, backup", "5254.0011.0103", {
    ip: "10.0.21.1",
    prefixLength: 30,
    link: "backup",
    ospf: true,
    inBps: 4.1 * MBIT,
    outBps: 3.2 * MBIT,
  }),
  port("GigabitEthernet0/4", "", "5254.0011.0104", { adminUp: false }),
  port("Loopback0", "Router ID", "0000.0000.0000", {
    kind: "loopback",
    ip: "10.255.0.1",
    prefixLength: 32,
    ospf: true,
  }),
];

const R2_PORTS: readonly InterfaceSpec[] = [
  port("GigabitEthernet0/0", "Provider B, circuit CO-118-7", "5254.0022.0100", {
    ip: "203.0.113.2",
    prefixLength: 30,
    link: "provider-b",
    inBps: 88 * MBIT,
    outBps: 31 * MBIT,
  }),
  port("GigabitEthernet0/1", "demo-r1 Gi0/1, core", "5254.0022.0101", {
    ip: "10.0.12.2",
    prefixLength: 30,
    link: "core",
    ospf: true,
    inBps: 118 * MBIT,
    outBps: 96 * MBIT,
  }),
  port("GigabitEthernet0/2", "demo-r1 Gi0/3, backup", "5254.0022.0102", {
    ip: "10.0.21.2",
    prefixLength: 30,
    link: "backup",
    ospf: true,
    inBps: 3.2 * MBIT,
    outBps: 4.1 * MBIT,
  }),
  port("GigabitEthernet0/3", "demo-sw1 Gi1/0/2, server LAN", "5254.0022.0103", {
    ip: "10.0.10.2",
    prefixLength: 24,
    link: "lan-r2",
    ospf: true,
    inBps: 42 * MBIT,
    outBps: 77 * MBIT,
  }),
  port("Loopback0", "Router ID", "0000.0000.0000", {
    kind: "loopback",
    ip: "10.255.0.2",
    prefixLength: 32,
    ospf: true,
  }),
];

const STATIONS: readonly (StationSpec & { portNumber: number; inBps: number; outBps: number })[] = [
  ["app-01", 3, 38, 91],
  ["app-02", 4, 22, 47],
  ["db-01", 5, 61, 33],
  ["backup-01", 6, 9, 140],
  ["ap-floor-2", 9, 6, 17],
].map(([name, portNumber, inMbit, outMbit]) => ({
  name: String(name),
  portNumber: Number(portNumber),
  mac: `5254.00aa.00${String(portNumber).padStart(2, "0")}`,
  port: "eno1",
  system: "Debian GNU/Linux 12 (bookworm) Linux 6.1.0-28-amd64 x86_64",
  ip: `10.0.10.${100 + Number(portNumber)}`,
  inBps: Number(inMbit) * MBIT,
  outBps: Number(outMbit) * MBIT,
}));

const SWITCH_PORT_COUNT = 24;

function switchPort(number: number): InterfaceSpec {
  const name = `GigabitEthernet1/0/${number}`;
  const mac = `5254.0033.01${number.toString(16).padStart(2, "0")}`;
  const station = STATIONS.find((candidate) => candidate.portNumber === number);
  if (number === 1) {
    return port(name, "demo-r1 Gi0/2", mac, { link: "lan-r1", vlan: "10", inBps: 180 * MBIT, outBps: 71 * MBIT });
  }
  if (number === 2) {
    return port(name, "demo-r2 Gi0/3", mac, { link: "lan-r2", vlan: "10", inBps: 77 * MBIT, outBps: 42 * MBIT });
  }
  if (station !== undefined) {
    const { inBps, outBps } = station;
    return port(name, station.name, mac, { link: `station-${number}`, vlan: "10", inBps, outBps });
  }
  return port(name, "", mac, { vlan: number <= 12 ? "10" : "1", adminUp: number <= 20 });
}

const SW1_PORTS: readonly InterfaceSpec[] = [
  port("Vlan1", "", "5254.0033.0140", { kind: "svi", adminUp: false }),
  port("Vlan10", "Management", "5254.0033.0141", {
    kind: "svi",
    ip: "10.0.10.3",
    prefixLength: 24,
    inBps: 21_000,
    outBps: 34_000,
  }),
  ...Array.from({ length: SWITCH_PORT_COUNT }, (_, index) => switchPort(index + 1)),
];

/** The cables of the lab. */
export const LINKS: readonly LinkSpec[] = [
  { id: "provider-a", ends: [{ device: "demo-r1", port: "GigabitEthernet0/0" }] },
  { id: "provider-b", ends: [{ device: "demo-r2", port: "GigabitEthernet0/0" }] },
  {
    id: "core",
    ends: [
      { device: "demo-r1", port: "GigabitEthernet0/1" },
      { device: "demo-r2", port: "GigabitEthernet0/1" },
    ],
  },
  {
    id: "backup",
    faults: BACKUP_FAULTS,
    ends: [
      { device: "demo-r1", port: "GigabitEthernet0/3" },
      { device: "demo-r2", port: "GigabitEthernet0/2" },
    ],
  },
  {
    id: "lan-r1",
    ends: [
      { device: "demo-r1", port: "GigabitEthernet0/2" },
      { device: "demo-sw1", port: "GigabitEthernet1/0/1" },
    ],
  },
  {
    id: "lan-r2",
    ends: [
      { device: "demo-r2", port: "GigabitEthernet0/3" },
      { device: "demo-sw1", port: "GigabitEthernet1/0/2" },
    ],
  },
  ...STATIONS.map((station) => ({
    id: `station-${station.portNumber}`,
    ends: [{ device: "demo-sw1", port: `GigabitEthernet1/0/${station.portNumber}` }],
    station,
  })),
];

function peer(ip: string, as: number, description: string, via: string, rest: Partial<PeerSpec>): PeerSpec {
  return { ip, as, description, via, internal: false, offers: "none", adminUp: true, established: true, ...rest };
}

/** The simulated devices. */
export const DEVICES: readonly DeviceSpec[] = [
  {
    id: "demo-r1",
    label: "Demo router 1",
    role: "router",
    hostname: "demo-r1",
    model: "CISCO2911/K9",
    serial: "FTX1848DMO1",
    routerId: "10.255.0.1",
    as: 65001,
    upBeforeStartMs: 51 * DAY_MS + 6 * HOUR_MS + 11 * 60_000,
    interfaces: R1_PORTS,
    peers: [
      peer("10.255.0.2", 65001, "demo-r2", "Loopback0", { internal: true, offers: "isp-b" }),
      peer("198.51.100.1", 64500, "Provider A", "GigabitEthernet0/0", { offers: "isp-a" }),
    ],
  },
  {
    id: "demo-r2",
    label: "Demo router 2",
    role: "router",
    hostname: "demo-r2",
    model: "CISCO2911/K9",
    serial: "FTX1848DMO2",
    routerId: "10.255.0.2",
    as: 65001,
    upBeforeStartMs: 12 * DAY_MS + 3 * HOUR_MS + 47 * 60_000,
    interfaces: R2_PORTS,
    peers: [
      peer("10.255.0.1", 65001, "demo-r1", "Loopback0", { internal: true, offers: "isp-a" }),
      peer("192.0.2.77", 64999, "Exchange, not in service", "GigabitEthernet0/0", {
        adminUp: false,
        established: false,
      }),
      peer("203.0.113.1", 64510, "Provider B", "GigabitEthernet0/0", { offers: "isp-b", faults: PROVIDER_FAULTS }),
    ],
  },
  {
    id: "demo-sw1",
    label: "Demo switch 1",
    role: "switch",
    hostname: "demo-sw1",
    model: "WS-C2960X-24TS-L",
    serial: "FCW1932DMO3",
    routerId: "10.0.10.3",
    upBeforeStartMs: 203 * DAY_MS + 18 * HOUR_MS + 5 * 60_000,
    interfaces: SW1_PORTS,
    peers: [],
  },
];
