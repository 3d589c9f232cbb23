import type { ViewKey } from "#machines/views.ts";
import type { PanelId } from "#telemetry/knowledge/panels.ts";
import type { PanelReading, TelemetryUpdate } from "#telemetry/knowledge/reading.ts";
import type { HostEnv } from "./host-env.ts";
import type { Publisher } from "./publisher.ts";
import { SeriesTracker } from "./series-tracker.ts";
import type { SealedValues } from "./storage/sealed-values.ts";

/** A panel's last reading is written to the tablet at most this often. */
const KEEP_EVERY_MS = 10_000;
/** Panels about the collector itself say nothing once it is gone. */
const NOT_KEPT: ReadonlySet<string> = new Set(["collector", "audit"]);

/** A panel's last reading as the tablet keeps it, by `panel:<device>:<panel>`; shown stale without the proxy [U92]. */
export type KeptReading = { device: string; reading: PanelReading };

/** Readings on their way to the views: latest per panel, series for sparklines, last-known ones for starts offline [U92]. */
export class ReadingsFeed {
  readonly #publisher: Publisher;
  readonly #kept: SealedValues<KeptReading>;
  readonly #env: Pick<HostEnv, "steady">;
  readonly #series = new Map<string, SeriesTracker>();
  /** By the key of its view. */
  readonly #latest = new Map<string, { device: string; reading: PanelReading }>();
  /** What an earlier run knew, also of panels that have been read anew since. */
  readonly #earlier = new Map<string, KeptReading>();
  readonly #keptAt = new Map<string, number>();

  constructor(publisher: Publisher, kept: SealedValues<KeptReading>, env: Pick<HostEnv, "steady">) {
    this.#publisher = publisher;
    this.#kept = kept;
    this.#env = env;
  }

  /** Shows what an earlier run knew, marked as old; again when the vault was opened, which may have had it locked [S71]. */
  async restore(): Promise<void> {
    for (const [, { device, reading }] of (await this.#kept.entries()).readable) {
      const key = `panel:${device}:${reading.panel}` as const;
      // Times of day of another run: how its clocks stood to one another says nothing now.
      const { clock_ahead_ms: _, ...told } = reading;
      const stale = { ...told, status: "stale", reason: "kept" } as PanelReading;
      this.#earlier.set(key, { device, reading: stale });
      if (this.#publisher.get(key) !== undefined) continue;
      this.#latest.set(key, { device, reading: stale });
      this.#publisher.mark(key, () => stale);
    }
  }

  /** A `telemetry_update` of a collector. */
  take({ device, payload }: TelemetryUpdate): void {
    const key = `panel:${device}:${payload.panel}` as const;
    this.#latest.set(key, { device, reading: payload });
    this.#publisher.mark(key, () => payload);
    let series = this.#series.get(device);
    if (series === undefined) {
      series = new SeriesTracker();
      this.#series.set(device, series);
    }
    for (const name of series.take(payload)) this.#markSeries(`series:${device}:${name}` as ViewKey);
    this.#keep(key, device, payload);
  }

  /** The latest reading of a panel, also one that an earlier run kept. */
  latest(device: string, panel: PanelId): PanelReading | undefined {
    return this.#latest.get(`panel:${device}:${panel}`)?.reading;
  }

  /** What an earlier run knew of all devices. */
  *earlier(): Generator<readonly [device: string, reading: PanelReading]> {
    for (const { device, reading } of this.#earlier.values()) yield [device, reading];
  }

  /** The page began to look at a series. */
  watched(key: ViewKey): void {
    this.#markSeries(key);
  }

  #markSeries(key: ViewKey): void {
    if (!this.#publisher.isWatched(key)) return;
    // series:<device>:<panel>:<name>; a demo device's id holds a colon of its own.
    const found = [...this.#series].find(([device]) => key.startsWith(`series:${device}:`));
    if (found === undefined) return;
    const [device, tracker] = found;
    this.#publisher.mark(key as `series:${string}:cpu:${string}`, () =>
      tracker.view(key.slice(`series:${device}:`.length)),
    );
  }

  #keep(key: string, device: string, reading: PanelReading): void {
    const now = this.#env.steady();
    if (reading.data === undefined || NOT_KEPT.has(reading.panel)) return;
    if (now - (this.#keptAt.get(key) ?? Number.NEGATIVE_INFINITY) < KEEP_EVERY_MS) return;
    this.#keptAt.set(key, now);
    void this.#kept.put(key, { device, reading });
  }

  /** The tablet is left: nothing of any device is known or shown any more; what is stored is the caller's. */
  forgetAll(): void {
    this.#series.clear();
    this.#latest.clear();
    this.#earlier.clear();
    this.#keptAt.clear();
    this.#publisher.removeAll("panel:");
    this.#publisher.removeAll("series:");
  }

  /** A device left the list: nothing of it stays. */
  async forget(device: string): Promise<void> {
    this.#series.delete(device);
    for (const key of this.#latest.keys()) if (key.startsWith(`panel:${device}:`)) this.#latest.delete(key);
    for (const key of this.#earlier.keys()) if (key.startsWith(`panel:${device}:`)) this.#earlier.delete(key);
    this.#publisher.removeAll(`panel:${device}:`);
    this.#publisher.removeAll(`series:${device}:`);
    for (const key of await this.#kept.keys()) if (deviceOf(key) === device) await this.#kept.remove(key);
  }
}

/** Of `panel:<device>:<panel>`; a demo device's id holds a colon of its own. */
function deviceOf(key: string): string {
  return key.slice(key.indexOf(":") + 1, key.lastIndexOf(":"));
}
