import type { Unit } from "../knowledge/field-defs.ts";
import type { HistoryPoint } from "./history-data.ts";
import type { SeriesValue } from "./series-values.ts";
import { HISTORY_TIERS, type HistoryTier } from "./tiers.ts";

/** Samples of one panel as they were read; `points` are [ms since `start`, value], null where the value is absent. */
export type RawBlock = {
  start: number;
  series: Map<string, { unit: Unit; points: [number, number | null][] }>;
};
/**
 * Rolled-up samples of one panel. A run is [slot, slots, n, min, avg, max]: equal neighbours share one, so a quiet port
 * costs next to nothing; n 0 is a slot in which the row was there and the value was not.
 */
export type RollBlock = { start: number; stepMs: number; series: Map<string, { unit: Unit; runs: Run[] }> };
export type Run = [slot: number, slots: number, n: number, min: number, avg: number, max: number];

export function newRawBlock(start: number): RawBlock {
  return { start, series: new Map() };
}

export function newRollBlock(tier: HistoryTier, start: number): RollBlock {
  return { start, stepMs: tier.stepMs, series: new Map() };
}

/** A mean as it is kept: four digits are more than a chart shows, and never outside what was measured. */
function meanOf(sum: number, n: number, min: number, max: number): number {
  if (n === 0) return 0;
  return Math.min(max, Math.max(min, Number((sum / n).toPrecision(4))));
}

/**
 * Adds the values of one reading in order of time, which after a clock was set back is not the order in which they come; a
 * time that a series has adds nothing. `isGone`: a row that the reading lacks is not there any more.
 */
export function addSamples(
  block: RawBlock,
  at: number,
  values: Iterable<SeriesValue>,
  isGone: (series: string) => boolean = () => false,
): void {
  const offset = at - block.start;
  const seen = new Set<string>();
  for (const { name, unit, value } of values) {
    seen.add(name);
    const series = block.series.get(name) ?? { unit, points: [] };
    block.series.set(name, series);
    insert(series.points, offset, value);
  }
  // A row that is gone: its line ends here, and begins anew when it is back [T83].
  for (const [name, { points }] of block.series) {
    if (seen.has(name)) continue;
    const before = points.findLast(([at]) => at <= offset);
    if (before !== undefined && before[1] !== null && isGone(name)) insert(points, offset, null);
  }
}

function insert(points: [number, number | null][], offset: number, value: number | null): void {
  const at = points.findLastIndex(([each]) => each <= offset);
  if (points[at]?.[0] !== offset) points.splice(at + 1, 0, [offset, value]);
}

/** Points of a raw block, rolled up to `stepMs`, by slot of the block that starts at `start`. */
function* rolled(
  points: readonly (readonly [number, number | null])[],
  shift: number,
  stepMs: number,
): Generator<[slot: number, n: number, min: number, avg: number, max: number]> {
  let slot = Number.NaN;
  let [n, min, sum, max] = [0, 0, 0, 0];
  for (const [offset, value] of points) {
    const of = Math.floor((offset + shift) / stepMs);
    if (of !== slot) {
      if (!Number.isNaN(slot)) yield [slot, n, min, meanOf(sum, n, min, max), max];
      slot = of;
      [n, min, sum, max] = [0, 0, 0, 0];
    }
    if (value === null) continue;
    min = n === 0 ? value : Math.min(min, value);
    max = n === 0 ? value : Math.max(max, value);
    sum += value;
    n++;
  }
  if (!Number.isNaN(slot)) yield [slot, n, min, meanOf(sum, n, min, max), max];
}

/**
 * Adds what a raw block holds to the coarser block around it. Slots that the block has already are left alone, so that
 * rolling up the same raw block twice adds nothing; earlier ones that it lacks come after a clock was set back.
 */
export function rollUp(raw: RawBlock, into: RollBlock): void {
  for (const [name, { unit, points }] of raw.series) {
    const series = into.series.get(name) ?? { unit, runs: [] };
    into.series.set(name, series);
    for (const [slot, n, min, avg, max] of rolled(points, raw.start - into.start, into.stepMs)) {
      const last = series.runs.at(-1);
      const next = last === undefined ? 0 : last[0] + last[1];
      if (slot < next) {
        const at = series.runs.findLastIndex(([first]) => first <= slot);
        const before = series.runs[at];
        if (before === undefined || before[0] + before[1] <= slot)
          series.runs.splice(at + 1, 0, [slot, 1, n, min, avg, max]);
        continue;
      }
      const same = last !== undefined && slot === next && last[2] === n;
      if (same && last[3] === min && last[4] === avg && last[5] === max) last[1]++;
      else series.runs.push([slot, 1, n, min, avg, max]);
    }
  }
}

/** A series of a raw block as points; null where the line breaks. */
export function rawPoints({ start, series }: RawBlock, name: string): (HistoryPoint | { t: number; n: 0 })[] {
  return (series.get(name)?.points ?? []).map(([offset, value]) =>
    value === null ? { t: start + offset, n: 0 } : { t: start + offset, min: value, avg: value, max: value, n: 1 },
  );
}

/** A series of a rolled-up block as points in the middle of their slots. */
export function rollPoints({ start, stepMs, series }: RollBlock, name: string): (HistoryPoint | { t: number; n: 0 })[] {
  return (series.get(name)?.runs ?? []).flatMap(([slot, slots, n, min, avg, max]) =>
    Array.from({ length: slots }, (_, at) => {
      const t = start + (slot + at) * stepMs + stepMs / 2;
      return n === 0 ? { t, n: 0 as const } : { t, min, avg, max, n };
    }),
  );
}

/** A block as it is stored: names come from the device, and no object of theirs is ever made [T8]. */
export type StoredBlock<B extends RawBlock | RollBlock> = Omit<B, "series"> & {
  series: B["series"] extends Map<string, infer S> ? [name: string, series: S][] : never;
};

export function storedRaw({ start, series }: RawBlock): StoredBlock<RawBlock> {
  return { start, series: [...series] };
}

export function storedRoll({ start, stepMs, series }: RollBlock): StoredBlock<RollBlock> {
  return { start, stepMs, series: [...series] };
}

export function readRaw({ start, series }: StoredBlock<RawBlock>): RawBlock {
  return { start, series: new Map(series) };
}

export function readRoll({ start, stepMs, series }: StoredBlock<RollBlock>): RollBlock {
  return { start, stepMs, series: new Map(series) };
}

/** Tiers that raw blocks are rolled up into. */
export const ROLLED_TIERS: readonly HistoryTier[] = [HISTORY_TIERS.minute, HISTORY_TIERS.five_minutes];
