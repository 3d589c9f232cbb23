/** Lines of a sparkline over common times; null is a gap and is drawn as one [T83]. */
export type Trend = { fields: string[]; times: number[]; lines: (number | null)[][] };

const isPoint = (value: unknown): value is { t: number; gap?: boolean } & Record<string, unknown> =>
  typeof value === "object" && value !== null && typeof (value as { t?: unknown }).t === "number";

/** End of a field's name, which carries its unit [T11]: `in_bps` and `out_bps` may share an axis, `err_per_s` may not. */
const unitOf = (field: string): string => field.slice(field.lastIndexOf("_") + 1);

/**
 * Lines from a row's trend, in the order in which the fields first occur, of the first one's unit only; undefined with
 * fewer than two points.
 */
export function trendOf(value: unknown): Trend | undefined {
  if (!Array.isArray(value)) return undefined;
  const points = value.filter(isPoint);
  if (points.length < 2) return undefined;
  const fields: string[] = [];
  for (const point of points) {
    for (const name of Object.keys(point)) {
      const fits = fields[0] === undefined || unitOf(name) === unitOf(fields[0]);
      if (name !== "t" && name !== "gap" && fits && !fields.includes(name)) fields.push(name);
    }
  }
  const times: number[] = [];
  const lines: (number | null)[][] = fields.map(() => []);
  let last = 0;
  for (const point of points) {
    if (point.gap === true && times.length > 0) {
      times.push((last + point.t) / 2);
      for (const line of lines) line.push(null);
    }
    last = point.t;
    times.push(point.t);
    fields.forEach((name, index) => {
      const sample = point[name];
      lines[index]?.push(typeof sample === "number" ? sample : null);
    });
  }
  return fields.length === 0 ? undefined : { fields, times: times.map((t) => t / 1_000), lines };
}

/** Lines from the worker's series, for panels that keep no trend of their own. */
export function trendOfSeries(
  series: { field: string; points: readonly (readonly [number, number | null])[] } | undefined,
) {
  if (series === undefined || series.points.length < 2) return undefined;
  return {
    fields: [series.field],
    times: series.points.map(([t]) => t / 1_000),
    lines: [series.points.map(([, value]) => value)],
  } satisfies Trend;
}
