import { showBgpAllSummary, showBgpSummary, showBgpTable } from "../show/bgp.ts";
import { showIpArp, showIpArpSummary, showMac, showMacCount, showMacsOf, showMacTable } from "../show/hosts.ts";
import {
  showInterfaces,
  showInterfacesDescription,
  showInterfacesStatus,
  showIpInterfaceBrief,
} from "../show/interfaces.ts";
import { showLogging } from "../show/logging.ts";
import { showCdpDetail, showLldp, showLldpDetail } from "../show/neighbours.ts";
import { showIpCefFor, showIpRoute, showIpRouteFor, showIpRouteSummary, showOspfNeighbours } from "../show/routing.ts";
import { showRunningConfig } from "../show/running-config.ts";
import {
  showClock,
  showEnvironment,
  showInventory,
  showMemory,
  showProcessesCpu,
  showVersion,
} from "../show/system.ts";
import type { ShowContext } from "../show/text.ts";
import type { DeviceSpec } from "../world/topology.ts";
import type { Command, CommandContext } from "./session-state.ts";
import { showTechSupport } from "./tech-support.ts";

type Printer = (context: ShowContext, argument?: string) => string[];

function show(print: Printer, thinkMs = 15): Command {
  return { canPipe: true, thinkMs, run: (context, args) => print(context, args[0]) };
}

function idle(ms: number): string {
  return new Date(Math.max(0, ms)).toISOString().slice(11, 19);
}

function showUsers(context: CommandContext): string[] {
  const rows = context.lines().map((line) => {
    const star = line === context.state.vty ? "*" : " ";
    const name = `${star}${String(line.number + 1).padStart(3)} vty ${line.number}`;
    return `${name.padEnd(15)}${line.user.slice(0, 10).padEnd(11)}${"idle".padEnd(21)}${idle(context.at - line.lastInput)} in-process`;
  });
  return [
    "    Line       User       Host(s)              Idle       Location",
    ...rows,
    "",
    "  Interface    User               Mode         Idle     Peer Address",
    "",
  ];
}

function showLines(context: CommandContext): string[] {
  const rows = Array.from({ length: 16 }, (_, number) => {
    const line = context.lines().find((candidate) => candidate.number === number);
    const star = line === undefined ? " " : "*";
    const uses = line === undefined ? 0 : 1;
    return `${star}${String(number + 1).padStart(6)} VTY              -    -      -    -    -${String(uses).padStart(7)}       0     0/0      -`;
  });
  return ["   Tty Typ     Tx/Rx    A Modem  Roty AccO AccI   Uses   Noise  Overruns   Int", ...rows, ""];
}

/** The show commands of a device by path; `isPrivileged` ones are unknown in user mode. */
export function showCommands(device: DeviceSpec): { path: string; command: Command; isPrivileged?: boolean }[] {
  const own = (run: (context: CommandContext) => string[]): Command => ({ canPipe: true, thinkMs: 10, run });
  const common = [
    { path: "show version", command: show(showVersion) },
    { path: "show inventory", command: show(showInventory) },
    { path: "show clock", command: show(showClock, 0) },
    { path: "show users", command: own(showUsers) },
    { path: "show line", command: own(showLines) },
    { path: "show history", command: own((context) => context.history().map((line) => `  ${line}`)) },
    { path: "show interfaces", command: show(showInterfaces, 30) },
    { path: "show interfaces <if>", command: show(showInterfaces) },
    { path: "show interfaces description", command: show(showInterfacesDescription) },
    { path: "show ip interface brief", command: show(showIpInterfaceBrief) },
    { path: "show processes cpu", command: show(showProcessesCpu, 60) },
    { path: "show memory statistics", command: show(showMemory) },
    { path: "show lldp neighbors", command: show(showLldp) },
    { path: "show lldp neighbors detail", command: show(showLldpDetail) },
    { path: "show cdp neighbors detail", command: show(showCdpDetail) },
    { path: "show ip route", command: show(showIpRoute) },
    { path: "show ip route <ip>", command: show((context, ip) => showIpRouteFor(context, ip ?? "")) },
    { path: "show ip cef <ip>", command: show((context, ip) => showIpCefFor(context, ip ?? "")) },
    { path: "show ip route summary", command: show(showIpRouteSummary) },
    { path: "show ip arp", command: show(showIpArp) },
    { path: "show ip arp <ip>", command: show(showIpArp) },
    { path: "show ip arp summary", command: show(showIpArpSummary) },
    { path: "show arp", command: show(showIpArp) },
    { path: "show logging", command: show(showLogging) },
    { path: "show environment all", command: show(showEnvironment, 40) },
    { path: "show running-config", command: show(showRunningConfig, 350), isPrivileged: true },
    { path: "show startup-config", command: show(showRunningConfig, 120), isPrivileged: true },
    {
      path: "show tech-support",
      command: { canPipe: true, thinkMs: 200, run: (context: CommandContext) => showTechSupport(context) },
      isPrivileged: true,
    },
  ];
  if (device.role === "switch") {
    return [
      ...common,
      { path: "show interfaces status", command: show(showInterfacesStatus) },
      { path: "show mac address-table", command: show(showMacTable) },
      { path: "show mac address-table address <word>", command: show(showMac) },
      { path: "show mac address-table interface <if>", command: show(showMacsOf) },
      { path: "show mac address-table count", command: show(showMacCount) },
    ];
  }
  return [
    ...common,
    { path: "show ip bgp", command: show(showBgpTable) },
    { path: "show ip bgp summary", command: show(showBgpSummary) },
    { path: "show bgp all summary", command: show(showBgpAllSummary) },
    { path: "show ip ospf neighbor", command: show(showOspfNeighbours) },
  ];
}
