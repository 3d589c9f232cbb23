import type { PlatformId } from "./platforms.ts";

/** A command that only shows something; offered by palettes of the terminal and run by telemetry where a pack names it. */
export type KnownCommand = {
  platform: PlatformId;
  text: string;
  title: string /** Costs the device seconds or prints very much. */;
  heavy?: true;
};

const list = (platform: PlatformId, rows: [text: string, title: string, heavy?: true][]): KnownCommand[] =>
  rows.map(([text, title, heavy]) => (heavy ? { platform, text, title, heavy } : { platform, text, title }));

/** Show commands a person reaches for at the rack. */
export const knownCommands: readonly KnownCommand[] = [
  ...list("cisco_ios", [
    ["show version", "Version, model, uptime"],
    ["show inventory", "Parts and serial numbers"],
    ["show interfaces status", "Ports: state, VLAN, speed"],
    ["show interfaces description", "Ports: state and description"],
    ["show ip interface brief", "Addresses and state"],
    ["show interfaces", "Everything about every interface", true],
    ["show interfaces counters errors", "Error counters per port"],
    ["show lldp neighbors detail", "LLDP neighbours"],
    ["show cdp neighbors detail", "CDP neighbours"],
    ["show ip route summary", "Number of routes by protocol"],
    ["show ip bgp summary", "BGP peers"],
    ["show ip ospf neighbor", "OSPF neighbours"],
    ["show ip arp", "ARP table"],
    ["show mac address-table", "MAC table"],
    ["show processes cpu | include CPU utilization", "CPU load"],
    ["show environment all", "Temperature, fans, power"],
    ["show logging", "Log", true],
    ["show users", "Who is logged in"],
    ["show running-config", "Running configuration", true],
  ]),
  ...list("frr", [
    ["show version", "Version"],
    ["show interface description", "Interfaces: state and description"],
    ["show ip route summary", "Number of routes by protocol"],
    ["show ip route", "Routes", true],
    ["show bgp summary", "BGP peers"],
    ["show ip ospf neighbor", "OSPF neighbours"],
    ["show ipv6 ospf6 neighbor", "OSPFv3 neighbours"],
    ["show bfd peers brief", "BFD sessions"],
    ["show running-config", "Running configuration", true],
  ]),
  ...list("linux", [
    ["ip -br link", "Interfaces: state"],
    ["ip -br addr", "Addresses"],
    ["ip -s link", "Counters"],
    ["ip route", "Routes"],
    ["ip neigh", "ARP and ND"],
    ["bridge fdb", "MAC table"],
    ["lldpcli show neighbors", "LLDP neighbours"],
    ["uptime", "Uptime and load"],
    ["free -m", "Memory"],
    ["df -h", "Disks"],
    ["ss -s", "Sockets"],
    ["journalctl -n 50 --no-pager", "Last log lines"],
    ["who", "Who is logged in"],
  ]),
];
