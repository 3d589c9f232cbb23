import type { SeriesView } from "#machines/views.ts";
import { seriesValues } from "#telemetry/history/series-values.ts";
import type { Unit } from "#telemetry/knowledge/panels.ts";
import { newestSteady, type PanelReading } from "#telemetry/knowledge/reading.ts";

/** Points kept per series; half an hour at the usual 30 s, more than a sparkline can show. */
export const POINTS_MAX = 90;
/** Series per panel whose rows the last reading did not have; beyond, those that are longest without a value go. */
const ABSENT_MAX = 256;
/** A pause longer than this many intervals is a gap [T83]. */
const GAP_INTERVALS = 3;

type Point = readonly [number, number | null];
type Series = { unit: Unit; points: Point[] };

/** Recent values of every numeric field of one device's panels, with gaps as gaps. */
export class SeriesTracker {
  /** By panel and name, which is `<field>` or `<row key>/<field>`; those with the newest values last. */
  readonly #series = new Map<string, Map<string, Series>>();
  readonly #last = new Map<string, number>();
  /** Points are kept by the clock that nobody sets, and shown in times of day as those of their panel stand now [T15]. */
  readonly #ahead = new Map<string, number>();

  /** Takes a reading over; the names that changed, those that are let go included, as `<panel>:<name>`. */
  take(reading: PanelReading): readonly string[] {
    const { panel, interval_ms = Number.POSITIVE_INFINITY, status, data } = reading;
    const ts = newestSteady(reading);
    this.#ahead.set(panel, reading.clock_ahead_ms ?? 0);
    const last = this.#last.get(panel);
    const usable = (status === "ok" || status === "partial") && data !== undefined;
    // Older than before: the freshest of a panel's commands failed, and what is left was taken over already.
    if (!usable || (last !== undefined && ts <= last)) return [];
    this.#last.set(panel, ts);
    const gap = last !== undefined && ts - last > GAP_INTERVALS * interval_ms;
    const of = this.#series.get(panel) ?? new Map<string, Series>();
    this.#series.set(panel, of);
    const changed: string[] = [];
    for (const { name, unit, value } of seriesValues(reading)) {
      const series = of.get(name) ?? { unit, points: [] };
      of.delete(name);
      of.set(name, series);
      this.#add(series, ts, value, gap ? last : undefined);
      changed.push(`${panel}:${name}`);
    }
    const most = changed.length + ABSENT_MAX;
    for (const name of of.keys()) {
      if (of.size <= most) break;
      of.delete(name);
      changed.push(`${panel}:${name}`);
    }
    return changed;
  }

  #add(series: Series, ts: number, value: number | null, gapAfter: number | undefined): void {
    if (gapAfter !== undefined) series.points.push([gapAfter + 1, null]);
    series.points.push([ts, value]);
    series.points.splice(0, Math.max(0, series.points.length - POINTS_MAX));
  }

  /** Series that are held. */
  get size(): number {
    return [...this.#series.values()].reduce((sum, { size }) => sum + size, 0);
  }

  view(key: string): SeriesView | undefined {
    const colon = key.indexOf(":");
    const panel = key.slice(0, colon);
    const series = this.#series.get(panel)?.get(key.slice(colon + 1));
    if (series === undefined) return undefined;
    const ahead = this.#ahead.get(panel) ?? 0;
    const field =
      key
        .slice(key.lastIndexOf("/") + 1)
        .split(":")
        .at(-1) ?? key;
    return { field, unit: series.unit, points: series.points.map(([at, value]) => [at + ahead, value] as const) };
  }
}
