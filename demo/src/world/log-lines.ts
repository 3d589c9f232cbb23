import type { Signal } from "./signal.ts";
import { transitions } from "./signal.ts";
import type { DeviceSpec } from "./topology.ts";
import { DEVICES } from "./topology.ts";
import type { Signals, World } from "./world.ts";

/** One line of a device's log: epoch ms and the text from the facility on. */
export type LogLine = { at: number; text: string };

/** The line protocol follows the carrier by a second. */
const PROTOCOL_LAG_MS = 1_000;

function upDown(value: boolean): string {
  return value ? "up" : "down";
}

function portLines(name: string, physical: boolean, line: Signal, admin: Signal): LogLine[] {
  const downs = new Set(admin.flips);
  const lines: LogLine[] = [];
  for (const move of transitions(line)) {
    const byAdmin = !move.value && downs.has(move.at);
    if (byAdmin) {
      lines.push({ at: move.at, text: `%LINK-5-CHANGED: Interface ${name}, changed state to administratively down` });
    } else if (physical) {
      lines.push({ at: move.at, text: `%LINK-3-UPDOWN: Interface ${name}, changed state to ${upDown(move.value)}` });
    }
    lines.push({
      at: move.at + PROTOCOL_LAG_MS,
      text: `%LINEPROTO-5-UPDOWN: Line protocol on Interface ${name}, changed state to ${upDown(move.value)}`,
    });
  }
  return lines;
}

function adjacencyLines(device: DeviceSpec, signals: Omit<Signals, "logs">): LogLine[] {
  return (signals.adjacencies.get(device.id) ?? []).flatMap((adjacency) => {
    const own = new Set(signals.ports.get(`${device.id}/${adjacency.port}`)?.flips);
    const routerId = DEVICES.find((other) => other.id === adjacency.neighbour)?.routerId ?? "0.0.0.0";
    const head = `%OSPF-5-ADJCHG: Process 1, Nbr ${routerId} on ${adjacency.port}`;
    return transitions(adjacency.full).map((move) => {
      if (move.value) return { at: move.at, text: `${head} from LOADING to FULL, Loading Done` };
      const reason = own.has(move.at) ? "Interface down or detached" : "Dead timer expired";
      return { at: move.at, text: `${head} from FULL to DOWN, Neighbor Down: ${reason}` };
    });
  });
}

function peerLines(world: World, device: DeviceSpec, signals: Omit<Signals, "logs">): LogLine[] {
  return device.peers.flatMap((peer) => {
    const session = signals.sessions.get(`${device.id}/${peer.ip}`);
    if (session === undefined) return [];
    const admin = new Set(world.edits.adminSignal(device.id, peer.ip, peer.adminUp).flips);
    const port = new Set(signals.ports.get(`${device.id}/${peer.via}`)?.flips);
    return transitions(session).flatMap((move): LogLine[] => {
      const head = `%BGP-5-ADJCHANGE: neighbor ${peer.ip}`;
      if (move.value) return [{ at: move.at, text: `${head} Up ` }];
      if (admin.has(move.at)) return [{ at: move.at, text: `${head} Down Admin. shutdown` }];
      if (port.has(move.at)) return [{ at: move.at, text: `${head} Down Interface flap` }];
      if (peer.internal) {
        const notice = `%BGP-3-NOTIFICATION: sent to neighbor ${peer.ip} 4/0 (hold time expired) 0 bytes`;
        return [
          { at: move.at, text: notice },
          { at: move.at, text: `${head} Down BGP Notification sent` },
        ];
      }
      const notice = `%BGP-3-NOTIFICATION: received from neighbor ${peer.ip} 6/4 (Administrative Reset) 0 bytes`;
      return [
        { at: move.at, text: notice },
        { at: move.at, text: `${head} Down BGP Notification received` },
      ];
    });
  });
}

/** The log of a device: a few lines of its start, then every change of the signals and every note, in time order. */
export function logLines(world: World, device: DeviceSpec, signals: Omit<Signals, "logs">): LogLine[] {
  const booted = world.bootedAt(device);
  const lines: LogLine[] = [
    { at: booted + 42_000, text: "%SYS-5-CONFIG_I: Configured from memory by console" },
    { at: booted + 43_500, text: "%SYS-5-RESTART: System restarted --" },
    { at: booted + 44_100, text: "%SSH-5-ENABLED: SSH 2.0 has been enabled" },
  ];
  for (const port of device.interfaces) {
    const key = `${device.id}/${port.name}`;
    const line = signals.ports.get(key);
    const admin = signals.admin.get(key);
    if (line !== undefined && admin !== undefined) {
      lines.push(...portLines(port.name, port.kind === "gigabit", line, admin));
    }
  }
  lines.push(...adjacencyLines(device, signals), ...peerLines(world, device, signals), ...world.edits.notes(device.id));
  return lines.sort((left, right) => left.at - right.at);
}
