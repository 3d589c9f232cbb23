import { bgpSignals } from "./bgp.ts";
import { Edits } from "./edits.ts";
import type { LogLine } from "./log-lines.ts";
import { logLines } from "./log-lines.ts";
import type { AdjacencySignal } from "./ospf.ts";
import { adjacencySignals } from "./ospf.ts";
import type { Signal } from "./signal.ts";
import { and, constant, delayRise } from "./signal.ts";
import { timetableSignal } from "./timetable.ts";
import type { DeviceSpec, InterfaceSpec, LinkSpec } from "./topology.ts";
import { DEVICES, LINKS } from "./topology.ts";

/** Signals are worked out this far beyond the instant asked for, then reused. */
const HORIZON_MS = 600_000;
/** The longer the lab has run the more there is to work out, so the less often it is done. */
const HORIZON_SHARE = 0.02;
/** A port needs this long from `no shutdown` or a plugged cable to carrier. */
const CARRIER_DELAY_MS = 1_800;

/** Everything that goes up and down, complete up to `horizonMs` for one state of the edits. */
export type Signals = {
  readonly horizonMs: number;
  readonly version: number;
  readonly links: ReadonlyMap<string, Signal>;
  /** Own administrative state by `device/port`. */
  readonly admin: ReadonlyMap<string, Signal>;
  /** Line state by `device/port`. */
  readonly ports: ReadonlyMap<string, Signal>;
  /** OSPF adjacencies by device. */
  readonly adjacencies: ReadonlyMap<string, readonly AdjacencySignal[]>;
  /** Established state by `device/peer`. */
  readonly sessions: ReadonlyMap<string, Signal>;
  /** Whether a peer could be reached, by `device/peer`. */
  readonly transports: ReadonlyMap<string, Signal>;
  /** Log lines by device, in time order. */
  readonly logs: ReadonlyMap<string, readonly LogLine[]>;
};

export type WorldOptions = { seed: number; now: () => number };

/** The one simulated world: state at any time follows from (seed, start, time, edits), with no timers. */
export class World {
  readonly seed: number;
  /** Start of the lab, epoch ms: fault timetables count from here. */
  readonly originMs: number;
  readonly now: () => number;
  readonly edits = new Edits();
  #cache: Signals | undefined;

  constructor(options: WorldOptions) {
    this.seed = options.seed;
    this.now = options.now;
    this.originMs = options.now();
  }

  /** All signals, valid for any instant up to `at` and some time beyond. */
  signals(at: number): Signals {
    const cached = this.#cache;
    if (cached !== undefined && cached.version === this.edits.version && at <= cached.horizonMs) return cached;
    const fresh = buildSignals(this, at + Math.max(HORIZON_MS, (at - this.originMs) * HORIZON_SHARE));
    this.#cache = fresh;
    return fresh;
  }

  bootedAt(device: DeviceSpec): number {
    return this.originMs - device.upBeforeStartMs;
  }
}

function linkSignal(world: World, link: LinkSpec, horizonMs: number): Signal {
  const ends = link.ends.map((end) => {
    const port = findPort(end.device, end.port);
    return world.edits.adminSignal(end.device, end.port, port?.adminUp ?? false);
  });
  const carrier = link.faults
    ? timetableSignal(world.seed, link.id, link.faults, world.originMs, horizonMs)
    : constant(true);
  return and(carrier, delayRise(and(...ends), CARRIER_DELAY_MS));
}

function portSignal(port: InterfaceSpec, admin: Signal, links: ReadonlyMap<string, Signal>): Signal {
  if (port.kind !== "gigabit") return admin;
  const link = port.link === undefined ? undefined : links.get(port.link);
  return link === undefined ? constant(false) : and(admin, link);
}

function buildSignals(world: World, horizonMs: number): Signals {
  const version = world.edits.version;
  const links = new Map(LINKS.map((link) => [link.id, linkSignal(world, link, horizonMs)]));
  const admin = new Map<string, Signal>();
  const ports = new Map<string, Signal>();
  for (const device of DEVICES) {
    for (const port of device.interfaces) {
      const own = world.edits.adminSignal(device.id, port.name, port.adminUp);
      admin.set(`${device.id}/${port.name}`, own);
      ports.set(`${device.id}/${port.name}`, portSignal(port, own, links));
    }
  }
  const adjacencies = new Map(DEVICES.map((device) => [device.id, adjacencySignals(device, ports)]));
  const { sessions, transports } = bgpSignals(world, ports, adjacencies, horizonMs);
  const partial = { horizonMs, version, links, admin, ports, adjacencies, sessions, transports };
  const logs = new Map(DEVICES.map((device) => [device.id, logLines(world, device, partial)]));
  return { ...partial, logs };
}

/** The specification of a device, or undefined. */
export function findDevice(id: string): DeviceSpec | undefined {
  return DEVICES.find((device) => device.id === id);
}

/** The specification of a port, or undefined. */
export function findPort(device: string, name: string): InterfaceSpec | undefined {
  return findDevice(device)?.interfaces.find((port) => port.name === name);
}
