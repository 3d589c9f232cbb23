import type { AdjacencySignal } from "./ospf.ts";
import type { Signal } from "./signal.ts";
import { and, constant, delayRise, holdFall, or, risesUpTo, since, valueAt } from "./signal.ts";
import { timetableSignal } from "./timetable.ts";
import type { DeviceSpec, PeerSpec } from "./topology.ts";
import { DEVICES } from "./topology.ts";
import type { World } from "./world.ts";

/** From a reachable peer to Established. */
const OPEN_MS = 8_000;
/** Hold time: an internal session outlives a lost path by this much. */
const HOLD_MS = 180_000;
/** A peer that was lost waits in Idle for this long before it tries again. */
const IDLE_MS = 15_000;
/** Keepalives come once a minute. */
const KEEPALIVE_MS = 60_000;

/** The session states that IOS prints, with the administrative one. */
export type PeerState = "Idle" | "Idle (Admin)" | "Active" | "OpenSent" | "OpenConfirm" | "Established";

/** One BGP neighbour at an instant. `stateSince` is undefined when it was never up. Prefix counts are the caller's. */
export type PeerView = {
  spec: PeerSpec;
  state: PeerState;
  stateSinceMs: number | undefined;
  received: number;
  sent: number;
};

/** Session and reachability of every peer, by `device/peer`. */
export function bgpSignals(
  world: World,
  ports: ReadonlyMap<string, Signal>,
  adjacencies: ReadonlyMap<string, readonly AdjacencySignal[]>,
  horizonMs: number,
): { sessions: Map<string, Signal>; transports: Map<string, Signal> } {
  const sessions = new Map<string, Signal>();
  const transports = new Map<string, Signal>();
  for (const device of DEVICES) {
    for (const peer of device.peers) {
      const key = `${device.id}/${peer.ip}`;
      const admin = world.edits.adminSignal(device.id, peer.ip, peer.adminUp);
      const path = peer.internal
        ? or(...(adjacencies.get(device.id) ?? []).map((adjacency) => adjacency.full))
        : (ports.get(`${device.id}/${peer.via}`) ?? constant(false));
      const faults = peer.faults
        ? timetableSignal(world.seed, peer.ip, peer.faults, world.originMs, horizonMs)
        : constant(peer.established);
      const farAdmin = peer.internal ? farEnd(world, device, peer) : constant(true);
      const transport = and(path, faults, admin, farAdmin);
      const opened = delayRise(transport, OPEN_MS);
      transports.set(key, transport);
      sessions.set(key, peer.internal ? and(admin, farAdmin, holdFall(opened, HOLD_MS)) : opened);
    }
  }
  return { sessions, transports };
}

function farEnd(world: World, device: DeviceSpec, peer: PeerSpec): Signal {
  const far = DEVICES.find((candidate) => candidate.routerId === peer.ip);
  if (far === undefined) return constant(true);
  return world.edits.adminSignal(far.id, device.routerId, true);
}

/** A device's BGP neighbours at an instant, in address order. */
export function peersAt(world: World, device: DeviceSpec, at: number): PeerView[] {
  const signals = world.signals(at);
  return device.peers.map((spec) => {
    const key = `${device.id}/${spec.ip}`;
    const session = signals.sessions.get(key) ?? constant(false);
    const up = valueAt(session, at);
    const changed = since(session, at);
    const booted = world.bootedAt(device) + 95_000;
    const begin = up ? (changed ?? booted) : changed;
    const lifetimeMs = spec.established ? at - booted : 0;
    const rises = risesUpTo(session, at);
    return {
      spec,
      state: up ? "Established" : downState(world, device, spec, at),
      stateSinceMs: begin,
      received: Math.floor((lifetimeMs / KEEPALIVE_MS) * 1.13) + rises * 19,
      sent: Math.floor((lifetimeMs / KEEPALIVE_MS) * 1.06) + rises * 17,
    };
  });
}

function downState(world: World, device: DeviceSpec, spec: PeerSpec, at: number): PeerState {
  const key = `${device.id}/${spec.ip}`;
  const signals = world.signals(at);
  if (!valueAt(world.edits.adminSignal(device.id, spec.ip, spec.adminUp), at)) return "Idle (Admin)";
  const transport = signals.transports.get(key) ?? constant(false);
  const changed = since(transport, at) ?? at;
  if (valueAt(transport, at)) return at - changed < OPEN_MS / 2 ? "OpenSent" : "OpenConfirm";
  if (!spec.internal && !valueAt(signals.ports.get(`${device.id}/${spec.via}`) ?? constant(false), at)) return "Idle";
  return at - changed < IDLE_MS ? "Idle" : "Active";
}
