import type { SeriesView } from "#machines/views.ts";
import { seriesValues } from "#telemetry/history/series-values.ts";
import type { Unit } from "#telemetry/knowledge/panels.ts";
import { newestSteady, type PanelReading } from "#telemetry/knowledge/reading.ts";

/** Points kept per series; half an hour at the usual 30 s, more than a sparkline can show. */
export const POINTS_MAX = 90;
/** A pause longer than this many intervals is a gap [T83]. */
const GAP_INTERVALS = 3;

type Point = readonly [number, number | null];
type Series = { unit: Unit; points: Point[] };

/** Recent values of every numeric field of one device's panels, with gaps as gaps. */
export class SeriesTracker {
  /** By `<panel>:<name>`; name is `<field>` or `<row key>/<field>`. */
  readonly #series = new Map<string, Series>();
  readonly #last = new Map<string, number>();
  /** Points are kept by the clock that nobody sets, and shown in times of day as that stands now [T15]. */
  #ahead = 0;

  /** Takes a reading over; the names that changed, as `<panel>:<name>`. */
  take(reading: PanelReading): readonly string[] {
    const { panel, interval_ms = Number.POSITIVE_INFINITY, status, data } = reading;
    const ts = newestSteady(reading);
    this.#ahead = reading.clock_ahead_ms ?? 0;
    const last = this.#last.get(panel);
    const usable = (status === "ok" || status === "partial") && data !== undefined;
    if (!usable || last === ts) return [];
    this.#last.set(panel, ts);
    const gap = last !== undefined && ts - last > GAP_INTERVALS * interval_ms;
    const changed: string[] = [];
    for (const { name, unit, value } of seriesValues(reading)) {
      const key = `${panel}:${name}`;
      this.#add(key, unit, ts, value, gap ? last : undefined);
      changed.push(key);
    }
    return changed;
  }

  #add(key: string, unit: Unit, ts: number, value: number | null, gapAfter: number | undefined): void {
    const series = this.#series.get(key) ?? { unit, points: [] };
    this.#series.set(key, series);
    if (gapAfter !== undefined) series.points.push([gapAfter + 1, null]);
    series.points.push([ts, value]);
    series.points.splice(0, Math.max(0, series.points.length - POINTS_MAX));
  }

  view(key: string): SeriesView | undefined {
    const series = this.#series.get(key);
    if (series === undefined) return undefined;
    const field =
      key
        .slice(key.lastIndexOf("/") + 1)
        .split(":")
        .at(-1) ?? key;
    return { field, unit: series.unit, points: series.points.map(([at, value]) => [at + this.#ahead, value] as const) };
  }
}
