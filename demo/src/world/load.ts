import { unit } from "./random.ts";
import type { DeviceSpec } from "./topology.ts";
import type { World } from "./world.ts";

/** Smooth noise in [0, 1): random figures at whole steps, a straight line in between. */
function noise(world: World, device: DeviceSpec, name: string, at: number, stepMs: number): number {
  const place = at / stepMs;
  const step = Math.floor(place);
  const left = unit(world.seed, device.id, name, step);
  const right = unit(world.seed, device.id, name, step + 1);
  return left + (right - left) * (place - step);
}

function instantCpu(world: World, device: DeviceSpec, at: number): number {
  const base = device.role === "switch" ? 14 : 6;
  const trend = noise(world, device, "cpu-trend", at, 97_000) * 18;
  const jitter = noise(world, device, "cpu-jitter", at, 6_000) * 9;
  // Now and then a busy minute, as a routing scan or a collection run makes it.
  const burst = unit(world.seed, device.id, "cpu-burst", Math.floor(at / 60_000)) > 0.9 ? 24 : 0;
  return base + trend + jitter + burst * noise(world, device, "cpu-in-burst", at, 20_000);
}

function meanCpu(world: World, device: DeviceSpec, at: number, windowMs: number): number {
  const samples = 12;
  let total = 0;
  for (let index = 0; index < samples; index += 1) {
    total += instantCpu(world, device, at - (index * windowMs) / samples);
  }
  return Math.round(total / samples);
}

/** CPU load in percent as `show processes cpu` heads it, memory in bytes, temperatures in Celsius. */
export type LoadView = {
  fiveSeconds: number;
  interrupts: number;
  oneMinute: number;
  fiveMinutes: number;
  memoryTotalB: number;
  memoryUsedB: number;
  ioTotalB: number;
  ioUsedB: number;
  inletC: number;
  hotspotC: number;
};

/** How busy and how warm a device is at an instant. */
export function loadAt(world: World, device: DeviceSpec, at: number): LoadView {
  const memoryTotalB = device.role === "switch" ? 315_574_832 : 822_283_704;
  const share = device.role === "switch" ? 0.36 : 0.41;
  const fiveSeconds = meanCpu(world, device, at, 5_000);
  return {
    fiveSeconds,
    interrupts: Math.floor(fiveSeconds * 0.15),
    oneMinute: meanCpu(world, device, at, 60_000),
    fiveMinutes: meanCpu(world, device, at, 300_000),
    memoryTotalB,
    memoryUsedB: Math.floor(memoryTotalB * (share + 0.03 * noise(world, device, "memory", at, 240_000))),
    ioTotalB: 33_554_432,
    ioUsedB: Math.floor(33_554_432 * (0.28 + 0.02 * noise(world, device, "io", at, 180_000))),
    inletC: Math.round(24 + 5 * noise(world, device, "inlet", at, 400_000)),
    hotspotC: Math.round(43 + 8 * noise(world, device, "hotspot", at, 300_000)),
  };
}
