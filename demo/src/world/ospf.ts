import type { Signal } from "./signal.ts";
import { and, constant, delayRise, holdFall } from "./signal.ts";
import type { DeviceSpec } from "./topology.ts";
import { DEVICES } from "./topology.ts";

/** From the first hello to FULL. */
const BUILD_MS = 6_000;
/** OSPF dead interval of a broadcast segment. */
export const DEAD_MS = 40_000;
/** OSPF hello interval. */
export const HELLO_MS = 10_000;

/** One adjacency seen from one device. */
export type AdjacencySignal = {
  neighbour: string;
  neighbourAddress: string;
  port: string;
  role: "DR" | "BDR";
  /** Hellos arrive. */
  heard: Signal;
  /** The neighbour is listed (hellos within the dead interval, own port up). */
  listed: Signal;
  /** The adjacency is FULL. */
  full: Signal;
};

function network(ip: string, prefixLength: number): string {
  const mask = prefixLength === 0 ? 0 : (0xffffffff << (32 - prefixLength)) >>> 0;
  const value = ip.split(".").reduce((total, part) => total * 256 + Number(part), 0);
  return `${(value & mask) >>> 0}/${prefixLength}`;
}

/** The adjacencies of a device: one per shared segment, dropped at once with the own port, else after the dead time. */
export function adjacencySignals(device: DeviceSpec, ports: ReadonlyMap<string, Signal>): AdjacencySignal[] {
  const found: AdjacencySignal[] = [];
  for (const own of device.interfaces) {
    if (own.ospf !== true || own.kind === "loopback" || own.ip === undefined || own.prefixLength === undefined)
      continue;
    const segment = network(own.ip, own.prefixLength);
    for (const other of DEVICES) {
      if (other.id === device.id) continue;
      const far = other.interfaces.find(
        (port) =>
          port.ospf === true &&
          port.ip !== undefined &&
          port.prefixLength !== undefined &&
          network(port.ip, port.prefixLength) === segment,
      );
      if (far?.ip === undefined) continue;
      const near = ports.get(`${device.id}/${own.name}`) ?? constant(false);
      const heard = and(near, ports.get(`${other.id}/${far.name}`) ?? constant(false));
      const listed = and(near, holdFall(heard, DEAD_MS));
      found.push({
        neighbour: other.id,
        neighbourAddress: far.ip,
        port: own.name,
        role: other.routerId > device.routerId ? "DR" : "BDR",
        heard,
        listed,
        full: delayRise(listed, BUILD_MS),
      });
    }
  }
  return found;
}
