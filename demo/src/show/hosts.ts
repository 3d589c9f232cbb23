import { arpAt, macsAt } from "../world/hosts.ts";
import { shortName } from "../world/ports.ts";
import type { ShowContext } from "./text.ts";

/** `show ip arp` */
export function showIpArp({ world, device, at }: ShowContext, ip?: string): string[] {
  const rows = arpAt(world, device, at)
    .filter((entry) => ip === undefined || entry.ip === ip)
    .map((entry) => {
      const age = entry.ageMin === undefined ? "-" : String(entry.ageMin);
      return `Internet  ${entry.ip.padEnd(15)} ${age.padStart(9)}   ${entry.mac}  ARPA   ${entry.port}`;
    });
  if (rows.length === 0) return [];
  return ["Protocol  Address          Age (min)  Hardware Addr   Type   Interface", ...rows];
}

/** `show ip arp summary` */
export function showIpArpSummary({ world, device, at }: ShowContext): string[] {
  const entries = arpAt(world, device, at);
  const learned = entries.filter((entry) => entry.ageMin !== undefined).length;
  return [
    `Total number of entries in the ARP table: ${entries.length}.`,
    `Total number of Dynamic ARP entries: ${learned}.`,
    "Total number of Incomplete ARP entries: 0.",
    `Total number of Interface ARP entries: ${entries.length - learned}.`,
    "Total number of Static ARP entries: 0.",
    "Total number of Alias ARP entries: 0.",
    "Total number of Simple Application ARP entries: 0.",
    "Total number of Application Alias ARP entries: 0.",
    "Total number of Application Timer ARP entries: 0.",
  ];
}

const CPU_MACS = ["0100.0ccc.cccc", "0100.0ccc.cccd", "0180.c200.0000", "0180.c200.000e", "ffff.ffff.ffff"] as const;

/** `show mac address-table` */
export const showMacTable = (context: ShowContext): string[] => macTable(context, CPU_MACS, () => true);

/** `show mac address-table interface IF` */
export const showMacsOf = (context: ShowContext, port?: string): string[] =>
  macTable(context, [], (entry) => entry.port === port);

/** `show mac address-table address MAC` */
export function showMac(context: ShowContext, mac = ""): string[] {
  const wanted = mac.toLowerCase();
  return macTable(
    context,
    CPU_MACS.filter((one) => one === wanted),
    (entry) => entry.mac === wanted,
  );
}

type LearnedMac = ReturnType<typeof macsAt>[number];

function macTable(
  { world, device, at }: ShowContext,
  cpu: readonly string[],
  wanted: (entry: LearnedMac) => boolean,
): string[] {
  const learned = macsAt(world, device, at).filter(wanted);
  return [
    "          Mac Address Table",
    "-------------------------------------------",
    "",
    "Vlan    Mac Address       Type        Ports",
    "----    -----------       --------    -----",
    ...cpu.map((mac) => ` All    ${mac}    STATIC      CPU`),
    ...learned.map(
      (entry) => `${String(entry.vlan).padStart(4)}    ${entry.mac}    DYNAMIC     ${shortName(entry.port)}`,
    ),
    `Total Mac Addresses for this criterion: ${learned.length + cpu.length}`,
  ];
}

/** `show mac address-table count` */
export function showMacCount({ world, device, at }: ShowContext): string[] {
  const learned = macsAt(world, device, at);
  const vlans = [...new Set(learned.map((entry) => entry.vlan))].sort((left, right) => left - right);
  const blocks = vlans.flatMap((vlan) => {
    const count = learned.filter((entry) => entry.vlan === vlan).length;
    return [
      "",
      `Mac Entries for Vlan ${vlan}:`,
      "---------------------------",
      `Dynamic Address Count  : ${count}`,
      "Static  Address Count  : 0",
      `Total Mac Addresses    : ${count}`,
    ];
  });
  return [...blocks, "", `Total Mac Address Space Available: ${16_384 - learned.length}`];
}
