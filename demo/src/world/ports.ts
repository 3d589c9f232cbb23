import { unit } from "./random.ts";
import { constant, risesUpTo, since, valueAt } from "./signal.ts";
import type { DeviceSpec, InterfaceSpec } from "./topology.ts";
import { LINKS } from "./topology.ts";
import { bytesWhile, makeLoad } from "./traffic.ts";
import type { World } from "./world.ts";

/** Window of the rates that the device prints itself. */
const RATE_WINDOW_MS = 300_000;

/** One port at an instant, with counters since the last clear. */
export type PortView = {
  spec: InterfaceSpec;
  description: string;
  adminUp: boolean;
  lineUp: boolean;
  /** When the line last changed, epoch ms; undefined when not since the start of the lab. */
  changedAt: number | undefined;
  clearedAt: number | undefined;
  inBytes: number;
  outBytes: number;
  inPackets: number;
  outPackets: number;
  inBps: number;
  outBps: number;
  inPps: number;
  outPps: number;
  broadcasts: number;
  inErrors: number;
  carrierTransitions: number;
};

/** The two ends of a cable name a direction by its sender, so what one sends is what the other receives. */
function directions(device: DeviceSpec, spec: InterfaceSpec): { inward: string; outward: string } {
  const link = LINKS.find((candidate) => candidate.id === spec.link);
  const far = link?.ends.find((end) => end.device !== device.id)?.device ?? "outside";
  const place = link?.id ?? `${device.id}/${spec.name}`;
  return { inward: `${place}/${far}`, outward: `${place}/${device.id}` };
}

const PACKET_MIN_B = 420;
const PACKET_SPREAD_B = 520;

function totals(world: World, device: DeviceSpec, spec: InterfaceSpec, at: number) {
  const up = world.signals(at).ports.get(`${device.id}/${spec.name}`) ?? constant(false);
  const booted = world.bootedAt(device);
  const { inward, outward } = directions(device, spec);
  const bytes = (name: string, bps: number) =>
    bps === 0 ? 0 : Math.floor(bytesWhile(makeLoad(world.seed, name, bps), up, booted, at));
  const packetB = (name: string) => PACKET_MIN_B + PACKET_SPREAD_B * unit(world.seed, name, "packet");
  const inBytes = bytes(inward, spec.inBps);
  const outBytes = bytes(outward, spec.outBps);
  return {
    inBytes,
    outBytes,
    inPackets: Math.floor(inBytes / packetB(inward)),
    outPackets: Math.floor(outBytes / packetB(outward)),
    carrierTransitions: risesUpTo(up, at),
  };
}

/** A port at an instant. */
export function portAt(world: World, device: DeviceSpec, spec: InterfaceSpec, at: number): PortView {
  const key = `${device.id}/${spec.name}`;
  const signals = world.signals(at);
  const line = signals.ports.get(key) ?? constant(false);
  const clearedAt = world.edits.clearedAt(device.id, spec.name);
  const now = totals(world, device, spec, at);
  const base = clearedAt === undefined ? undefined : totals(world, device, spec, clearedAt);
  const before = totals(world, device, spec, at - RATE_WINDOW_MS);
  const perSecond = (figure: "inBytes" | "outBytes" | "inPackets" | "outPackets") =>
    Math.max(0, Math.round(((now[figure] - before[figure]) * 1000) / RATE_WINDOW_MS));
  const inPackets = now.inPackets - (base?.inPackets ?? 0);
  return {
    spec,
    description: world.edits.description(device.id, spec.name, spec.description),
    adminUp: valueAt(signals.admin.get(key) ?? constant(false), at),
    lineUp: valueAt(line, at),
    changedAt: since(line, at),
    clearedAt,
    inBytes: now.inBytes - (base?.inBytes ?? 0),
    outBytes: now.outBytes - (base?.outBytes ?? 0),
    inPackets,
    outPackets: now.outPackets - (base?.outPackets ?? 0),
    inBps: perSecond("inBytes") * 8,
    outBps: perSecond("outBytes") * 8,
    inPps: perSecond("inPackets"),
    outPps: perSecond("outPackets"),
    broadcasts: Math.floor(inPackets / 4000),
    // A backup circuit that flaps also damages a frame now and then.
    inErrors: spec.link === "backup" ? Math.floor((inPackets / 4e6) * (1 + unit(world.seed, key, "crc"))) : 0,
    carrierTransitions: now.carrierTransitions - (base?.carrierTransitions ?? 0),
  };
}

/** All ports of a device at an instant, in its own order. */
export function portsAt(world: World, device: DeviceSpec, at: number): PortView[] {
  return device.interfaces.map((spec) => portAt(world, device, spec, at));
}

/** The short form that IOS prints: GigabitEthernet0/1 -> Gi0/1. */
export function shortName(name: string): string {
  return name.replace("GigabitEthernet", "Gi").replace("Loopback", "Lo").replace("Vlan", "Vl");
}
