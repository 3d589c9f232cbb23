import { unit } from "./random.ts";
import type { Signal } from "./signal.ts";
import { falseSpans } from "./signal.ts";

/** Periods (s) of the waves that make a load wander: seconds for life, minutes for trends, hours for a working day. */
const WAVES: readonly { periodS: number; share: number }[] = [
  { periodS: 11, share: 0.08 },
  { periodS: 43, share: 0.16 },
  { periodS: 171, share: 0.22 },
  { periodS: 1900, share: 0.18 },
  { periodS: 86_400, share: 0.25 },
];

/** A load that wanders around a mean and stays positive: its integral has a closed form, so counters need no timers. */
export type Load = { meanBps: number; phases: readonly number[] };

/** A load with waves of its own, placed by the seed and its name. */
export function makeLoad(seed: number, name: string, meanBps: number): Load {
  return { meanBps, phases: WAVES.map((_, index) => unit(seed, name, "phase", index) * 2 * Math.PI) };
}

/** Bytes carried in [from, to) at full presence. */
export function bytesBetween(load: Load, fromMs: number, toMs: number): number {
  const from = fromMs / 1000;
  const to = toMs / 1000;
  let seconds = to - from;
  WAVES.forEach((wave, index) => {
    const omega = (2 * Math.PI) / wave.periodS;
    const shift = load.phases[index] ?? 0;
    seconds -= (wave.share * (Math.cos(omega * to + shift) - Math.cos(omega * from + shift))) / omega;
  });
  return (load.meanBps / 8) * seconds;
}

/** Bytes carried in [from, to) while the signal was true. */
export function bytesWhile(load: Load, up: Signal, fromMs: number, toMs: number): number {
  let bytes = bytesBetween(load, fromMs, toMs);
  for (const span of falseSpans(up, fromMs, toMs)) bytes -= bytesBetween(load, span.from, span.to);
  return Math.max(0, bytes);
}
