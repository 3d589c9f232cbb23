import { describe, expect, it } from "vitest";
import { showBgpAllSummary, showBgpSummary } from "#demo/show/bgp.ts";
import { showIpArp, showIpArpSummary, showMacCount } from "#demo/show/hosts.ts";
import {
  showInterfaces,
  showInterfacesDescription,
  showInterfacesStatus,
  showIpInterfaceBrief,
} from "#demo/show/interfaces.ts";
import { showLogging } from "#demo/show/logging.ts";
import { showCdpDetail, showLldpDetail } from "#demo/show/neighbours.ts";
import { showIpRouteSummary, showOspfNeighbours } from "#demo/show/routing.ts";
import { showEnvironment, showInventory, showMemory, showProcessesCpu, showVersion } from "#demo/show/system.ts";
import type { ShowContext } from "#demo/show/text.ts";
import { faultOf } from "#demo/world/timetable.ts";
import { BACKUP_FAULTS, DEVICES } from "#demo/world/topology.ts";
import { World } from "#demo/world/world.ts";
import type { NamedParser } from "#telemetry/parsers/result.ts";
import { iosEnvironment } from "#telemetry/platforms/cisco-ios/environment.ts";
import {
  iosInterfacesDescription,
  iosInterfacesStatus,
  iosIpInterfaceBrief,
} from "#telemetry/platforms/cisco-ios/interface-tables.ts";
import { iosInterfaces } from "#telemetry/platforms/cisco-ios/interfaces.ts";
import { iosArpSummary, iosMacCount } from "#telemetry/platforms/cisco-ios/layer2.ts";
import { iosCpu, iosMemory } from "#telemetry/platforms/cisco-ios/load.ts";
import { iosCdpDetail, iosLldpDetail } from "#telemetry/platforms/cisco-ios/neighbors.ts";
import { iosLogging } from "#telemetry/platforms/cisco-ios/operations.ts";
import { iosPrefixes } from "#telemetry/platforms/cisco-ios/prefixes.ts";
import { iosBgpSummary, iosOspfNeighbor, iosRouteSummary } from "#telemetry/platforms/cisco-ios/routing.ts";
import { iosArp } from "#telemetry/platforms/cisco-ios/tables.ts";
import { iosInventory, iosVersion } from "#telemetry/platforms/cisco-ios/version.ts";

type Case = { name: string; show: (context: ShowContext) => string[]; parser: NamedParser; on: readonly string[] };

const ROUTERS = ["demo-r1", "demo-r2"];
const ALL = [...ROUTERS, "demo-sw1"];

const CASES: readonly Case[] = [
  { name: "show version", show: showVersion, parser: iosVersion, on: ALL },
  { name: "show inventory", show: showInventory, parser: iosInventory, on: ALL },
  { name: "show interfaces", show: (context) => showInterfaces(context), parser: iosInterfaces, on: ALL },
  { name: "show interfaces description", show: showInterfacesDescription, parser: iosInterfacesDescription, on: ALL },
  { name: "show interfaces status", show: showInterfacesStatus, parser: iosInterfacesStatus, on: ["demo-sw1"] },
  { name: "show ip interface brief", show: showIpInterfaceBrief, parser: iosIpInterfaceBrief, on: ALL },
  {
    name: "show processes cpu | include CPU utilization",
    show: (context) => showProcessesCpu(context).slice(0, 1),
    parser: iosCpu,
    on: ALL,
  },
  { name: "show memory statistics", show: showMemory, parser: iosMemory, on: ALL },
  { name: "show lldp neighbors detail", show: showLldpDetail, parser: iosLldpDetail, on: ALL },
  { name: "show cdp neighbors detail", show: showCdpDetail, parser: iosCdpDetail, on: ALL },
  { name: "show ip route summary", show: showIpRouteSummary, parser: iosRouteSummary, on: ALL },
  { name: "show ip bgp summary", show: showBgpSummary, parser: iosBgpSummary, on: ROUTERS },
  { name: "show bgp all summary", show: showBgpAllSummary, parser: iosBgpSummary, on: ROUTERS },
  { name: "show ip ospf neighbor", show: showOspfNeighbours, parser: iosOspfNeighbor, on: ROUTERS },
  { name: "show ip arp", show: (context) => showIpArp(context), parser: iosArp, on: ALL },
  { name: "show ip arp summary", show: showIpArpSummary, parser: iosArpSummary, on: ALL },
  { name: "show mac address-table count", show: showMacCount, parser: iosMacCount, on: ["demo-sw1"] },
  { name: "show logging", show: showLogging, parser: iosLogging, on: ALL },
  { name: "show environment all", show: showEnvironment, parser: iosEnvironment, on: ["demo-sw1"] },
];

const START = Date.UTC(2025, 5, 9, 8, 0, 0);
const SEED = 11;
const FAULT = faultOf(SEED, "backup", BACKUP_FAULTS, START, 3);

describe("demo output read by the cisco_ios parsers", () => {
  const runs = CASES.flatMap((one) =>
    one.on.flatMap((id) => [
      { ...one, id, at: FAULT.from - 2_000, when: "all links up" },
      { ...one, id, at: FAULT.from + 5_000, when: "the backup link down" },
    ]),
  );

  it.each(runs)("$name of $id with $when leaves no line unread", ({ show, parser, id, at }) => {
    const device = DEVICES.find((candidate) => candidate.id === id);
    if (device === undefined) throw new Error(`no device ${id}`);
    const world = new World({ seed: SEED, now: () => START });
    const text = `${show({ world, device, at }).join("\n")}\n`;
    const result = parser.parse(text, { prefixes: iosPrefixes, params: new Map() });
    expect(result).toMatchObject({ ok: true });
    expect(result.trace.unparsed.samples).toEqual([]);
    expect(result.trace.dropped).toBe(0);
    expect(result.trace.rows).toBeGreaterThan(0);
  });
});
