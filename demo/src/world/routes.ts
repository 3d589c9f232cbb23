import { peersAt } from "./bgp.ts";
import { hash32 } from "./random.ts";
import { constant, since, valueAt } from "./signal.ts";
import type { DeviceSpec, PeerSpec } from "./topology.ts";
import { DEVICES } from "./topology.ts";
import type { World } from "./world.ts";

/** One route of the main table. `since` is epoch ms, absent for what is configured here. */
export type Route = {
  prefix: string;
  length: number;
  code: "C" | "L" | "S" | "O" | "B";
  distance: number;
  metric: number;
  via?: string;
  port?: string;
  since?: number;
  asPath?: readonly number[];
  internal?: boolean;
};

/** OSPF cost by port description word: the core is near, the backup is dear. */
const COSTS: Readonly<Record<string, number>> = { "10.0.12": 1, "10.0.10": 10, "10.0.21": 100 };

/** An IPv4 address as a number. */
export function ipNumber(ip: string): number {
  return ip.split(".").reduce((total, part) => total * 256 + Number(part), 0);
}

/** A number as an IPv4 address. */
export function ipText(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
}

/** The network of an address. */
export function networkOf(ip: string, length: number): string {
  const mask = length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
  return ipText((ipNumber(ip) & mask) >>> 0);
}

const RANGE = (count: number, make: (index: number) => string) => Array.from({ length: count }, (_, i) => make(i));

/** What the providers announce: half of it both of them do. */
export const OFFERS: Readonly<Record<PeerSpec["offers"], readonly string[]>> = {
  none: [],
  "isp-a": ["0.0.0.0/0", ...RANGE(28, (i) => `100.${64 + i}.0.0/16`), ...RANGE(16, (i) => `198.18.${i}.0/24`)],
  "isp-b": [...RANGE(20, (i) => `100.${72 + i}.0.0/16`), ...RANGE(16, (i) => `198.19.${i}.0/24`)],
};

function asPath(world: World, peerAs: number, prefix: string): number[] {
  const hops = hash32(world.seed, prefix, "hops") % 3;
  return [peerAs, ...RANGE(hops, (i) => String(64_600 + (hash32(world.seed, prefix, i) % 90))).map(Number)];
}

/** Prefixes a peer announces to this device right now. */
export function prefixesFrom(world: World, device: DeviceSpec, peer: PeerSpec, at: number): readonly string[] {
  const view = peersAt(world, device, at).find((candidate) => candidate.spec === peer);
  if (view?.state !== "Established") return [];
  if (!peer.internal) return OFFERS[peer.offers];
  const far = DEVICES.find((candidate) => candidate.routerId === peer.ip);
  if (far === undefined) return [];
  return peersAt(world, far, at)
    .filter((candidate) => !candidate.spec.internal && candidate.state === "Established")
    .flatMap((candidate) => OFFERS[candidate.spec.offers]);
}

function localRoutes(world: World, device: DeviceSpec, at: number): Route[] {
  const ports = world.signals(at).ports;
  return device.interfaces.flatMap((port): Route[] => {
    if (port.ip === undefined || port.prefixLength === undefined) return [];
    if (!valueAt(ports.get(`${device.id}/${port.name}`) ?? constant(false), at)) return [];
    const base = { distance: 0, metric: 0, port: port.name };
    const network = networkOf(port.ip, port.prefixLength);
    const connected: Route = { prefix: network, length: port.prefixLength, code: "C", ...base };
    if (port.prefixLength === 32) return [connected];
    return [connected, { prefix: port.ip, length: 32, code: "L", ...base }];
  });
}

function ospfRoutes(world: World, device: DeviceSpec, at: number, known: readonly Route[]): Route[] {
  const signals = world.signals(at);
  const cost = (address: string) => COSTS[address.split(".").slice(0, 3).join(".")] ?? 1;
  const best = (signals.adjacencies.get(device.id) ?? [])
    .filter((adjacency) => valueAt(adjacency.full, at))
    .sort((left, right) => cost(left.neighbourAddress) - cost(right.neighbourAddress))[0];
  const far = DEVICES.find((candidate) => candidate.id === best?.neighbour);
  if (best === undefined || far === undefined) return [];
  return localRoutes(world, far, at)
    .filter((route) => route.code === "C" && far.interfaces.find((port) => port.name === route.port)?.ospf === true)
    .filter((route) => !known.some((own) => own.prefix === route.prefix && own.length === route.length))
    .map((route) => ({
      prefix: route.prefix,
      length: route.length,
      code: "O",
      distance: 110,
      metric: cost(best.neighbourAddress) + 1,
      via: best.neighbourAddress,
      port: best.port,
      since: since(best.full, at) ?? world.bootedAt(device) + 80_000,
    }));
}

function bgpRoutes(world: World, device: DeviceSpec, at: number): Route[] {
  const routes = new Map<string, Route>();
  const peers = peersAt(world, device, at)
    .filter((peer) => peer.state === "Established")
    .sort((left, right) => Number(left.spec.internal) - Number(right.spec.internal));
  for (const peer of peers) {
    const far = DEVICES.find((candidate) => candidate.routerId === peer.spec.ip);
    const origin =
      far === undefined
        ? peer
        : peersAt(world, far, at).find((view) => !view.spec.internal && view.state === "Established");
    for (const text of prefixesFrom(world, device, peer.spec, at)) {
      if (routes.has(text)) continue;
      const [prefix = "", length = "0"] = text.split("/");
      routes.set(text, {
        prefix,
        length: Number(length),
        code: "B",
        distance: peer.spec.internal ? 200 : 20,
        metric: 0,
        via: peer.spec.ip,
        since: Math.max(peer.stateSinceMs ?? 0, origin?.stateSinceMs ?? 0),
        asPath: asPath(world, origin?.spec.as ?? peer.spec.as, text),
        internal: peer.spec.internal,
      });
    }
  }
  return [...routes.values()];
}

/** The main routing table at an instant, in the order IOS prints it. */
export function routesAt(world: World, device: DeviceSpec, at: number): Route[] {
  const local = localRoutes(world, device, at);
  const fixed: Route[] =
    device.role === "switch" && local.length > 0
      ? [{ prefix: "0.0.0.0", length: 0, code: "S", distance: 1, metric: 0, via: "10.0.10.1" }]
      : [];
  return [...fixed, ...local, ...ospfRoutes(world, device, at, local), ...bgpRoutes(world, device, at)].sort(
    (left, right) => ipNumber(left.prefix) - ipNumber(right.prefix) || left.length - right.length,
  );
}

/** The longest match for an address, or undefined. */
export function lookup(routes: readonly Route[], ip: string): Route | undefined {
  return routes
    .filter((route) => networkOf(ip, route.length) === route.prefix)
    .sort((left, right) => right.length - left.length)[0];
}
