/** Stretches of time that a chart can show; times in milliseconds. */
export type RangeId = "hour" | "day" | "week";

export type ChartRange = {
  id: RangeId;
  label: string;
  words: string;
  lengthMs: number;
  /** Distance of the points that are kept for so long [T82]. */
  stepMs: number;
};

const HOUR_MS = 3_600_000;
export const CHART_RANGES: readonly [ChartRange, ...ChartRange[]] = [
  { id: "hour", label: "1 h", words: "last hour", lengthMs: HOUR_MS, stepMs: 0 },
  { id: "day", label: "24 h", words: "last 24 hours", lengthMs: 24 * HOUR_MS, stepMs: 60_000 },
  { id: "week", label: "7 d", words: "last 7 days", lengthMs: 168 * HOUR_MS, stepMs: 300_000 },
];

export const chartRange = (id: RangeId): ChartRange => CHART_RANGES.find((one) => one.id === id) ?? CHART_RANGES[0];
