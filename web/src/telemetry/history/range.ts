import type { HistoryPoint, SeriesGap } from "./history-data.ts";

/** A point, or the place where the line breaks since the value was absent. */
export type PointOrBreak = HistoryPoint | { t: number; n: 0 };

/** Points of one line, and where it breaks. */
export type Line = { points: HistoryPoint[]; breaks: number[] };

/** Points between two times with the breaks apart; times are epoch milliseconds. */
export function lineOf(points: readonly PointOrBreak[], from: number, to: number): Line {
  const line: Line = { points: [], breaks: [] };
  for (const point of points) {
    if (point.t < from || point.t > to) continue;
    if (isPoint(point)) line.points.push(point);
    else line.breaks.push(point.t);
  }
  return line;
}

function isPoint(point: PointOrBreak): point is HistoryPoint {
  return point.n > 0;
}

/** Breaks without a record of their own, as gaps: the row was read and its value was absent [T83]. */
export function withBreaks({ points, breaks }: Line, gaps: readonly SeriesGap[]): SeriesGap[] {
  const out = [...gaps];
  for (const at of breaks) {
    if (gaps.some((gap) => gap.from <= at && at <= gap.to)) continue;
    const before = points.findLast((point) => point.t < at)?.t ?? at;
    const after = points.find((point) => point.t > at)?.t ?? at;
    const last = out.at(-1);
    if (last?.from === before && last.to === after) continue;
    out.push({ from: before, to: after, why: "reset" });
  }
  return out.toSorted((a, b) => a.from - b.from);
}

/**
 * At most `most` points: neighbours become one with their smallest, mean and largest value, never across a gap [T83].
 * Same points, same result [T10].
 */
export function downsample(points: readonly HistoryPoint[], gaps: readonly SeriesGap[], most: number): HistoryPoint[] {
  const [first, last] = [points[0], points.at(-1)];
  if (points.length <= most || first === undefined || last === undefined) return [...points];
  const width = Math.max(1, (last.t - first.t) / Math.max(1, most - gaps.length - 1));
  const out: HistoryPoint[] = [];
  let group: HistoryPoint[] = [];
  let slot = 0;
  const close = (): void => {
    if (group.length > 0) out.push(merged(group));
    group = [];
  };
  for (const point of points) {
    const before = group.at(-1);
    const at = Math.floor((point.t - first.t) / width);
    if (before !== undefined && (at !== slot || gaps.some(({ from, to }) => from < point.t && to > before.t))) close();
    slot = at;
    group.push(point);
  }
  close();
  return out;
}

function merged(group: readonly HistoryPoint[]): HistoryPoint {
  const n = group.reduce((sum, point) => sum + point.n, 0);
  return {
    t: Math.round(((group[0]?.t ?? 0) + (group.at(-1)?.t ?? 0)) / 2),
    min: Math.min(...group.map(({ min }) => min)),
    avg: group.reduce((sum, { avg, n: of }) => sum + avg * of, 0) / n,
    max: Math.max(...group.map(({ max }) => max)),
    n,
  };
}

/** Gaps that touch one another and have the same cause are one. */
export function joinGaps(gaps: readonly SeriesGap[]): SeriesGap[] {
  const out: SeriesGap[] = [];
  for (const gap of gaps.toSorted((a, b) => a.from - b.from)) {
    const last = out.at(-1);
    if (last !== undefined && last.why === gap.why && gap.from <= last.to) last.to = Math.max(last.to, gap.to);
    else out.push({ ...gap });
  }
  return out;
}
