import type { SeriesPoint } from "../knowledge/panel-data.ts";

/** Points kept per series: an hour of 30-second polls and five minutes of pinned ports fit a sparkline. */
const MAX_POINTS = 60;
/** Series kept per device; beyond, the one that is longest without a value goes, so that new ones are never refused. */
const MAX_SERIES = 512;

/** Short series for sparklines; a gap breaks the line and is never bridged [T83]. */
export class TrendStore<F extends string> {
  private readonly series = new Map<string, SeriesPoint<F>[]>();
  private readonly broken = new Set<string>();

  add(key: string, t: number, values: Partial<Record<F, number>>): void {
    const points = this.series.get(key) ?? [];
    // Those with the newest values come last.
    this.series.delete(key);
    this.series.set(key, points);
    for (const oldest of this.series.keys()) {
      if (this.series.size <= MAX_SERIES) break;
      this.series.delete(oldest);
      this.broken.delete(oldest);
    }
    const point = { t, ...values, ...(this.broken.delete(key) && points.length > 0 ? { gap: true as const } : {}) };
    points.push(point);
    if (points.length > MAX_POINTS) points.shift();
  }

  /** Nothing is known between the last point and the next one. */
  breakLine(key: string): void {
    if (this.series.has(key)) this.broken.add(key);
  }

  /** Breaks every line. */
  breakAll(): void {
    for (const key of this.series.keys()) this.broken.add(key);
  }

  points(key: string): SeriesPoint<F>[] | undefined {
    const points = this.series.get(key);
    return points && points.length > 0 ? points.slice() : undefined;
  }
}
