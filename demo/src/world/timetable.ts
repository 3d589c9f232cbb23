import { unit } from "./random.ts";
import type { Signal } from "./signal.ts";

/** A fault that comes back: once per period, for about `downMs`, at a place in the period that varies by `jitterMs`. */
export type Timetable = { periodMs: number; offsetMs: number; downMs: number; jitterMs: number };

/** The fault of one cycle, counted from the start of the lab. Never reaches into the next cycle. */
export function faultOf(seed: number, name: string, table: Timetable, originMs: number, cycle: number) {
  const from = originMs + cycle * table.periodMs + table.offsetMs + unit(seed, name, cycle, "at") * table.jitterMs;
  const length = table.downMs * (0.85 + 0.3 * unit(seed, name, cycle, "length"));
  const end = originMs + (cycle + 1) * table.periodMs;
  return { from: Math.round(from), to: Math.round(Math.min(from + length, end - 1000)) };
}

/** The timetable as a signal, false during faults, complete up to `horizonMs`. */
export function timetableSignal(
  seed: number,
  name: string,
  table: Timetable,
  originMs: number,
  horizonMs: number,
): Signal {
  const flips: number[] = [];
  for (let cycle = 0; originMs + cycle * table.periodMs < horizonMs; cycle += 1) {
    const fault = faultOf(seed, name, table, originMs, cycle);
    flips.push(fault.from, fault.to);
  }
  return { initial: true, flips };
}
