import { hash32 } from "./random.ts";
import { constant, since, valueAt } from "./signal.ts";
import type { DeviceSpec, InterfaceSpec, LinkSpec } from "./topology.ts";
import { LINKS } from "./topology.ts";
import type { World } from "./world.ts";
import { findDevice, findPort } from "./world.ts";

/** A neighbour announces itself this long after carrier. */
const FIRST_HELLO_MS = 3_000;

/** What the far end of a port is. */
export type Neighbour = {
  port: InterfaceSpec;
  /** One of our devices, or undefined for a station. */
  device: DeviceSpec | undefined;
  name: string;
  farPort: string;
  farDescription: string;
  farMac: string;
  system: string;
  ip: string;
  /** Since when it is heard, epoch ms; undefined when since before the lab started. */
  heardSince: number | undefined;
};

function farEnd(world: World, device: DeviceSpec, port: InterfaceSpec, link: LinkSpec): Neighbour | undefined {
  const base = { port, heardSince: undefined };
  if (link.station !== undefined) {
    const { name, mac, system, ip } = link.station;
    return {
      ...base,
      device: undefined,
      name,
      farPort: link.station.port,
      farDescription: link.station.port,
      farMac: mac,
      system,
      ip,
    };
  }
  const end = link.ends.find((candidate) => candidate.device !== device.id);
  const far = end === undefined ? undefined : findDevice(end.device);
  const farPort = end === undefined ? undefined : findPort(end.device, end.port);
  if (far === undefined || farPort === undefined) return undefined;
  return {
    ...base,
    device: far,
    name: world.edits.hostname(far.id, far.hostname),
    farPort: farPort.name,
    farDescription: world.edits.description(far.id, farPort.name, farPort.description) || farPort.name,
    farMac: far.interfaces.find((candidate) => candidate.kind === "gigabit")?.mac ?? farPort.mac,
    system: "",
    ip: farPort.ip ?? far.routerId,
  };
}

/** The LLDP neighbours of a device at an instant: gone with the carrier, back with the first hello. */
export function neighboursAt(world: World, device: DeviceSpec, at: number): Neighbour[] {
  const signals = world.signals(at);
  return device.interfaces.flatMap((port) => {
    const link = LINKS.find((candidate) => candidate.id === port.link);
    const line = signals.ports.get(`${device.id}/${port.name}`) ?? constant(false);
    if (link === undefined || !valueAt(line, at)) return [];
    const up = since(line, at);
    if (up !== undefined && at - up < FIRST_HELLO_MS) return [];
    const neighbour = farEnd(world, device, port, link);
    if (neighbour === undefined) return [];
    return [{ ...neighbour, heardSince: up }];
  });
}

/** Seconds left until an announcement made every `everyS` and valid for `holdS` would age out. */
export function timeLeftS(world: World, key: string, at: number, everyS: number, holdS: number): number {
  const shift = hash32(world.seed, key, "hello") % (everyS * 1000);
  return holdS - (Math.floor((at + shift) / 1000) % everyS);
}
