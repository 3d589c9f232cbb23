import type { HistoryPoint, HistoryRange } from "#bridge/types.ts";

/** One row of the table of points: a cell for each line. */
export type PointRow = { t: number; cells: (HistoryPoint | undefined)[] };

/** Points of all lines by time, newest first. */
export function pointRows(ranges: readonly HistoryRange[]): PointRow[] {
  const byTime = ranges.map(({ points }) => new Map(points.map((point) => [point.t, point])));
  const times = [...new Set(byTime.flatMap((at) => [...at.keys()]))].toSorted((a, b) => b - a);
  return times.map((t) => ({ t, cells: byTime.map((at) => at.get(t)) }));
}
