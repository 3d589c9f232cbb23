import { peersAt } from "../world/bgp.ts";
import { portsAt } from "../world/ports.ts";
import { networkOf } from "../world/routes.ts";
import { valueAt } from "../world/signal.ts";
import type { ShowContext } from "./text.ts";
import { clockText, dottedMask, hostnameOf } from "./text.ts";

function wildcard(length: number): string {
  return dottedMask(length)
    .split(".")
    .map((part) => 255 - Number(part))
    .join(".");
}

function interfaceLines(context: ShowContext): string[] {
  const { world, device, at } = context;
  return portsAt(world, device, at).flatMap((port) => {
    const lines = [`interface ${port.spec.name}`];
    if (port.description !== "") lines.push(` description ${port.description}`);
    if (device.role === "switch" && port.spec.kind === "gigabit") {
      if (port.spec.vlan !== "1") lines.push(` switchport access vlan ${port.spec.vlan}`);
      lines.push(" switchport mode access");
    } else if (port.spec.ip === undefined) lines.push(" no ip address");
    else lines.push(` ip address ${port.spec.ip} ${dottedMask(port.spec.prefixLength ?? 32)}`);
    if (port.spec.link === "backup") lines.push(" ip ospf cost 100");
    if (!port.adminUp) lines.push(" shutdown");
    if (device.role === "router" && port.spec.kind === "gigabit") lines.push(" duplex auto", " speed auto");
    return [...lines, "!"];
  });
}

function routerLines({ world, device, at }: ShowContext): string[] {
  if (device.as === undefined) return ["ip default-gateway 10.0.10.1", "!"];
  const networks = device.interfaces
    .filter((port) => port.ospf === true && port.ip !== undefined)
    .map((port) => {
      const length = port.prefixLength ?? 32;
      return ` network ${networkOf(port.ip ?? "0.0.0.0", length)} ${wildcard(length)} area 0`;
    });
  const peers = peersAt(world, device, at).flatMap(({ spec }) => [
    ` neighbor ${spec.ip} remote-as ${spec.as}`,
    ` neighbor ${spec.ip} description ${spec.description}`,
    ...(valueAt(world.edits.adminSignal(device.id, spec.ip, spec.adminUp), at)
      ? []
      : [` neighbor ${spec.ip} shutdown`]),
    ...(spec.internal ? [` neighbor ${spec.ip} update-source Loopback0`, ` neighbor ${spec.ip} next-hop-self`] : []),
  ]);
  return [
    "router ospf 1",
    ` router-id ${device.routerId}`,
    " log-adjacency-changes",
    ...networks,
    "!",
    `router bgp ${device.as}`,
    ` bgp router-id ${device.routerId}`,
    " bgp log-neighbor-changes",
    ...peers,
    "!",
  ];
}

/** `show running-config` */
export function showRunningConfig(context: ShowContext): string[] {
  const { device, world } = context;
  const body = [
    "!",
    `! Last configuration change at ${clockText(world.bootedAt(device) + 42_000, false)}`,
    "!",
    device.role === "switch" ? "version 15.2" : "version 15.7",
    "service timestamps debug datetime msec",
    "service timestamps log datetime msec",
    "no service password-encryption",
    "!",
    `hostname ${hostnameOf(context)}`,
    "!",
    "boot-start-marker",
    "boot-end-marker",
    "!",
    "logging buffered 8192",
    "no logging console",
    "enable secret 0 demo",
    "!",
    "aaa new-model",
    "!",
    "no ip domain lookup",
    "ip domain name demo.invalid",
    "lldp run",
    "!",
    ...interfaceLines(context),
    ...routerLines(context),
    "ip forward-protocol nd",
    "!",
    "no ip http server",
    "no ip http secure-server",
    "ip ssh version 2",
    "!",
    "banner login ^C",
    "Rackside demo lab: a simulated device.",
    "^C",
    "!",
    "line con 0",
    "line vty 0 15",
    " transport preferred none",
    " transport input ssh",
    "!",
    "ntp server 10.0.10.1",
    "!",
    "end",
    "",
  ];
  return [
    "Building configuration...",
    "",
    `Current configuration : ${body.reduce((total, line) => total + line.length + 1, 0)} bytes`,
    ...body,
  ];
}
