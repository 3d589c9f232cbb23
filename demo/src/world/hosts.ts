import { hash32 } from "./random.ts";
import { constant, valueAt } from "./signal.ts";
import type { DeviceSpec } from "./topology.ts";
import { DEVICES, LINKS } from "./topology.ts";
import type { World } from "./world.ts";

/** One ARP entry; an own address has no age. */
export type ArpEntry = { ip: string; mac: string; port: string; ageMin: number | undefined };

const PROVIDERS: readonly { device: string; ip: string; mac: string; port: string }[] = [
  { device: "demo-r1", ip: "198.51.100.1", mac: "0050.56a1.6401", port: "GigabitEthernet0/0" },
  { device: "demo-r2", ip: "203.0.113.1", mac: "0050.56a1.c801", port: "GigabitEthernet0/0" },
];

/** The ARP table of a device at an instant: own addresses, routed neighbours and the stations of the server LAN. */
export function arpAt(world: World, device: DeviceSpec, at: number): ArpEntry[] {
  const ports = world.signals(at).ports;
  const isUp = (id: string, name: string) => valueAt(ports.get(`${id}/${name}`) ?? constant(false), at);
  const age = (ip: string) => Math.floor((at / 60_000 + hash32(world.seed, device.id, ip)) % 240);
  const entries: ArpEntry[] = [];
  for (const own of device.interfaces) {
    if (own.ip === undefined || own.kind === "loopback" || !isUp(device.id, own.name)) continue;
    entries.push({ ip: own.ip, mac: own.mac, port: own.name, ageMin: undefined });
    const segment = own.ip.split(".").slice(0, 3).join(".");
    const others = DEVICES.filter((other) => other.id !== device.id).flatMap((other) =>
      other.interfaces.filter((port) => port.ip?.startsWith(`${segment}.`) === true && isUp(other.id, port.name)),
    );
    for (const port of others) {
      if (port.ip !== undefined) entries.push({ ip: port.ip, mac: port.mac, port: own.name, ageMin: age(port.ip) });
    }
    if (segment === "10.0.10") {
      for (const { station, ends } of LINKS) {
        const end = ends[0];
        if (station === undefined || end === undefined || !isUp(end.device, end.port)) continue;
        entries.push({ ip: station.ip, mac: station.mac, port: own.name, ageMin: age(station.ip) });
      }
    }
    for (const provider of PROVIDERS) {
      if (provider.device !== device.id || provider.port !== own.name) continue;
      entries.push({ ip: provider.ip, mac: provider.mac, port: own.name, ageMin: age(provider.ip) });
    }
  }
  const number = (ip: string) => ip.split(".").reduce((total, part) => total * 256 + Number(part), 0);
  return entries.sort((left, right) => number(left.ip) - number(right.ip));
}

/** One learned address of the switch. */
export type MacEntry = { vlan: number; mac: string; port: string };

/** The dynamic MAC addresses of a switch at an instant; behind the first stations live a few virtual machines. */
export function macsAt(world: World, device: DeviceSpec, at: number): MacEntry[] {
  const ports = world.signals(at).ports;
  return device.interfaces.flatMap((port): MacEntry[] => {
    const link = LINKS.find((candidate) => candidate.id === port.link);
    if (link === undefined || !valueAt(ports.get(`${device.id}/${port.name}`) ?? constant(false), at)) return [];
    const vlan = Number(port.vlan ?? "1");
    if (link.station === undefined) {
      const far = link.ends.find((end) => end.device !== device.id);
      const spec = DEVICES.find((other) => other.id === far?.device)?.interfaces.find((own) => own.name === far?.port);
      return spec === undefined ? [] : [{ vlan, mac: spec.mac, port: port.name }];
    }
    const guests = hash32(world.seed, port.name, "guests") % 4;
    const own = { vlan, mac: link.station.mac, port: port.name };
    const behind = Array.from({ length: guests }, (_, index) => {
      const tail = hash32(world.seed, port.name, "guest", index).toString(16).padStart(8, "0");
      return { vlan, mac: `5254.${tail.slice(0, 4)}.${tail.slice(4)}`, port: port.name };
    });
    return [own, ...behind];
  });
}
