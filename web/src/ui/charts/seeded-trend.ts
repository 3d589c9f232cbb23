import type { HistoryRange } from "#bridge/types.ts";
import type { Trend } from "../panels/trend.ts";
import { chartColumns } from "./chart-columns.ts";

/** From so many points on a sparkline needs no past: about what its width can tell apart. */
export const SEED_BELOW = 20;

/** A past is worth asking for: nothing yet, or only the few points since the start. */
export const wantsSeed = (trend: Trend | undefined): boolean => (trend?.times.length ?? 0) < SEED_BELOW;

const fieldOf = (series: string): string =>
  series.slice(Math.max(series.lastIndexOf("/"), series.lastIndexOf(":")) + 1);

/** The lines of a sparkline with what the tablet kept before their first point; gaps stay gaps [T83]. */
export function seededTrend(trend: Trend | undefined, ranges: readonly HistoryRange[]): Trend | undefined {
  const fields = trend?.fields ?? ranges.map(({ series }) => fieldOf(series));
  const mine = fields.flatMap((field) => ranges.find(({ series }) => fieldOf(series) === field) ?? []);
  if (mine.length !== fields.length || fields.length === 0) return trend;
  const past = chartColumns(mine);
  const first = trend?.times[0] ?? Number.POSITIVE_INFINITY;
  const kept = past.times.flatMap((t, index) => (t < first ? [index] : []));
  if (kept.length + (trend?.times.length ?? 0) < 2) return trend;
  return {
    fields,
    times: [...kept.map((index) => past.times[index] ?? 0), ...(trend?.times ?? [])],
    lines: fields.map((_, line) => [
      ...kept.map((index) => past.lines[line]?.avg[index] ?? null),
      ...(trend?.lines[line] ?? []),
    ]),
  };
}
