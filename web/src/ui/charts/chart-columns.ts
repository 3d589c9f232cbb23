import type { GapWhy, HistoryRange, SeriesGap } from "#bridge/types.ts";

type Cell = number | null | undefined;

/**
 * Columns for the plot: times in seconds, then average, smallest and largest value of each line. Undefined where a line
 * has no point at a time of another one (the line goes on), null where it breaks [T83].
 */
export type ChartColumns = { times: number[]; lines: { avg: Cell[]; min: Cell[]; max: Cell[] }[] };

/** Puts lines with times of their own over common times; a break stands in the middle of its gap. */
export function chartColumns(ranges: readonly HistoryRange[]): ChartColumns {
  const cells = ranges.map(({ points, gaps }) => {
    const at = new Map<number, { avg: number | null; min: number | null; max: number | null }>();
    for (const gap of gaps) at.set((gap.from + gap.to) / 2, { avg: null, min: null, max: null });
    for (const { t, avg, min, max } of points) at.set(t, { avg, min, max });
    return at;
  });
  const times = [...new Set(cells.flatMap((at) => [...at.keys()]))].toSorted((a, b) => a - b);
  const lines = cells.map((at) => ({
    avg: times.map((t) => at.get(t)?.avg),
    min: times.map((t) => at.get(t)?.min),
    max: times.map((t) => at.get(t)?.max),
  }));
  return { times: times.map((t) => t / 1_000), lines };
}

const WORDS: Record<GapWhy, string> = {
  link: "no connection",
  paused: "paused",
  throttled: "throttled to spare the device",
  reset: "no value, or counters began anew",
  error: "error",
  hidden: "not looked at",
  clock: "this tablet's clock was set",
  locked: "not kept while this tablet was locked",
};
export const gapWord = (why: GapWhy): string => WORDS[why];

/** Gaps of all lines as the bands that are shaded, each once, cut to what is shown. */
export function gapBands(ranges: readonly HistoryRange[], from: number, to: number): SeriesGap[] {
  const seen = new Map<string, SeriesGap>();
  for (const { gaps } of ranges) {
    for (const gap of gaps) {
      if (gap.to <= from || gap.from >= to) continue;
      const cut = { ...gap, from: Math.max(from, gap.from), to: Math.min(to, gap.to) };
      seen.set(`${cut.from} ${cut.to} ${cut.why}`, cut);
    }
  }
  return [...seen.values()].toSorted((a, b) => a.from - b.from);
}

/** The least that an axis spans, milliseconds: a few readings are not drawn as wide as an hour. */
const SPAN_MIN_MS = 5 * 60_000;

/**
 * Where the time axis begins: with the stretch that was asked for, or with the first value when only the end of it is
 * known. What came before was never measured, and no room is given to it.
 */
export function axisStart(ranges: readonly HistoryRange[], from: number, to: number): number {
  const first = Math.min(...ranges.map(({ points }) => points[0]?.t ?? to));
  if (first - from < (to - from) / 2) return from;
  return Math.max(from, Math.min(first - (to - first) / 20, to - SPAN_MIN_MS));
}

/** What is known of the panel at present, as far as it explains that no more values come. */
export type Present = { status: string; reason?: string | undefined; interval_ms?: number | undefined };

/** Without a reading that names one: what most panels are asked for at least, milliseconds. */
const USUAL_INTERVAL_MS = 60_000;
/** As the worker counts: a pause longer than this many intervals is a gap [T83]. */
const GAP_INTERVALS = 3;

/** The gap that is still open: the last value is long ago, and why. Rolled points stand for `stepMs` each. */
export function openGap(
  ranges: readonly HistoryRange[],
  to: number,
  stepMs: number,
  connected: boolean,
  present: Present | undefined,
): SeriesGap | undefined {
  const last = Math.max(...ranges.map(({ points }) => points.at(-1)?.t ?? Number.NEGATIVE_INFINITY));
  if (!Number.isFinite(last)) return undefined;
  const patience = GAP_INTERVALS * (present?.interval_ms ?? USUAL_INTERVAL_MS) + stepMs;
  if (to - last <= patience) return undefined;
  const why: GapWhy = !connected
    ? "link"
    : present?.reason === "paused" || present?.reason === "throttled"
      ? present.reason
      : present?.status === "error"
        ? "error"
        : "hidden";
  return { from: last, to, why };
}
