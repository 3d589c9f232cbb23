import type { Neighbour } from "../world/neighbours.ts";
import { neighboursAt, timeLeftS } from "../world/neighbours.ts";
import { shortName } from "../world/ports.ts";
import { softwareLines } from "./system.ts";
import type { ShowContext } from "./text.ts";

function lldpBlock({ world, at }: ShowContext, neighbour: Neighbour): string[] {
  const system = neighbour.device === undefined ? [neighbour.system] : softwareLines(neighbour.device.role);
  const capabilities = neighbour.device?.role === "router" ? "B,R" : neighbour.device === undefined ? "B,R,S" : "B,R";
  const enabled = neighbour.device?.role === "router" ? "R" : neighbour.device === undefined ? "S" : "B";
  const left = timeLeftS(world, `${neighbour.name}/${neighbour.farPort}`, at, 30, 120);
  return [
    "------------------------------------------------",
    `Local Intf: ${shortName(neighbour.port.name)}`,
    `Chassis id: ${neighbour.farMac}`,
    `Port id: ${shortName(neighbour.farPort)}`,
    `Port Description: ${neighbour.farDescription}`,
    `System Name: ${neighbour.name}`,
    "",
    "System Description: ",
    ...system,
    "",
    `Time remaining: ${left} seconds`,
    `System Capabilities: ${capabilities}`,
    `Enabled Capabilities: ${enabled}`,
    "Management Addresses:",
    `    IP: ${neighbour.ip}`,
    "Auto Negotiation - supported, enabled",
    "Physical media capabilities:",
    "    1000baseT(FD)",
    "    100base-TX(FD)",
    "Media Attachment Unit type: 30",
    "Vlan ID: - not advertised",
    "",
  ];
}

/** `show lldp neighbors detail` */
export function showLldpDetail(context: ShowContext): string[] {
  const neighbours = neighboursAt(context.world, context.device, context.at);
  return [
    ...neighbours.flatMap((neighbour) => lldpBlock(context, neighbour)),
    "",
    `Total entries displayed: ${neighbours.length}`,
    "",
  ];
}

/** `show lldp neighbors` */
export function showLldp({ world, device, at }: ShowContext): string[] {
  const neighbours = neighboursAt(world, device, at);
  return [
    "Capability codes:",
    "    (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device",
    "    (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other",
    "",
    "Device ID           Local Intf     Hold-time  Capability      Port ID",
    ...neighbours.map((neighbour) => {
      const capability = neighbour.device?.role === "router" ? "R" : neighbour.device === undefined ? "S" : "B";
      return (
        `${neighbour.name.slice(0, 19).padEnd(20)}${shortName(neighbour.port.name).padEnd(15)}${"120".padEnd(11)}` +
        `${capability.padEnd(16)}${shortName(neighbour.farPort)}`
      );
    }),
    "",
    `Total entries displayed: ${neighbours.length}`,
    "",
  ];
}

/** `show cdp neighbors detail`: only our own devices speak it. */
export function showCdpDetail({ world, device, at }: ShowContext): string[] {
  const speakers = neighboursAt(world, device, at).filter((neighbour) => neighbour.device !== undefined);
  const blocks = speakers.flatMap((neighbour) => {
    const far = neighbour.device;
    if (far === undefined) return [];
    const capabilities = far.role === "router" ? "Router Source-Route-Bridge Switch IGMP " : "Switch IGMP ";
    return [
      "-------------------------",
      `Device ID: ${neighbour.name}`,
      "Entry address(es): ",
      `  IP address: ${neighbour.ip}`,
      `Platform: ${far.role === "router" ? "Cisco" : "cisco"} ${far.model},  Capabilities: ${capabilities}`,
      `Interface: ${neighbour.port.name},  Port ID (outgoing port): ${neighbour.farPort}`,
      `Holdtime : ${timeLeftS(world, `${neighbour.name}/${neighbour.farPort}/cdp`, at, 60, 180)} sec`,
      "",
      "Version :",
      ...softwareLines(far.role),
      "",
      "advertisement version: 2",
      "Duplex: full",
      "Management address(es): ",
      `  IP address: ${neighbour.ip}`,
      "",
    ];
  });
  return [...blocks, "", `Total cdp entries displayed : ${speakers.length}`];
}
