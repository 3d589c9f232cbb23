import type { ViewKey, Views } from "#machines/views.ts";
import type { Result } from "#protocol/local-messages.ts";
import type { DeskAction, DeskCommand, DeskPayloads } from "#protocol/local-telemetry.ts";
import type { Collector, CollectorEvent } from "#telemetry/collector.ts";
import type { PanelReading, TelemetryUpdate } from "#telemetry/knowledge/reading.ts";
import type { Desk, DeskContext } from "#workers/desks/desk.ts";
import { HeldTables } from "#workers/desks/held-tables.ts";
import { MemoryRecords } from "#workers/desks/record-store.ts";
import type { HostEnv } from "#workers/host-env.ts";
import { Publisher } from "#workers/publisher.ts";
import { ManualTime } from "./fake-timers.ts";

/** The device of all that a {@link DeskRig} does. */
export const DEVICE = "d1";

/** A reading with what tests do not care about filled in; fresh, every 30 s. */
export function readingOf(panel: string, ts: number, data: object | undefined, more: object = {}): PanelReading {
  const base = { panel, schema: 1, ts, age_ms: 0, interval_ms: 30_000, status: "ok", sources: [] };
  return { ...base, ...(data === undefined ? {} : { data }), ...more } as unknown as PanelReading;
}

/** One desk with its surroundings: time by hand, records in memory, readings as they are taken. */
export class DeskRig<D extends Desk> {
  readonly time = new ManualTime();
  readonly publisher: Publisher;
  readonly records: MemoryRecords;
  readonly tables = new HeldTables();
  readonly fed: CollectorEvent[] = [];
  readonly context: DeskContext;
  readonly desk: D;
  collector: Collector | null = null;
  readonly #readings = new Map<string, PanelReading>();
  #seq = 0;

  constructor(make: (context: DeskContext) => D, records = new MemoryRecords(), kept: readonly PanelReading[] = []) {
    const env = Object.assign(this.time, { crypto: globalThis.crypto }) as unknown as HostEnv;
    this.publisher = new Publisher(env);
    this.records = records;
    for (const reading of kept) this.#readings.set(reading.panel, reading);
    this.context = {
      env,
      publisher: this.publisher,
      records,
      collectors: {
        of: () => this.collector,
        feed: (_, event) => {
          if (this.collector === null) return false;
          this.fed.push(event);
          return true;
        },
      },
      tables: this.tables,
      show: (_, reading) => void this.#readings.set(reading.panel, reading),
      reading: (_, panel) => this.#readings.get(panel),
      readings: () => [...this.#readings.values()].map((reading) => [DEVICE, reading] as const),
    };
    this.desk = make(this.context);
  }

  take(reading: PanelReading): void {
    this.#readings.set(reading.panel, reading);
    const update = { session_id: "ssh2", type: "telemetry", action: "telemetry_update" } as const;
    this.desk.take?.({ ...update, device: DEVICE, seq: ++this.#seq, payload: reading } satisfies TelemetryUpdate);
  }

  async ask<A extends DeskAction>(action: A, payload: DeskPayloads[A]): Promise<Result> {
    return this.desk.serve({
      v: 1,
      device: DEVICE,
      session_id: "ssh2",
      type: "telemetry",
      action,
      payload,
    } as unknown as DeskCommand);
  }

  /** The answer's value; a refusal fails the test. */
  async value<A extends DeskAction>(action: A, payload: DeskPayloads[A]): Promise<unknown> {
    const result = await this.ask(action, payload);
    if (!result.ok) throw new Error(`${action}: ${result.error.code}/${result.error.reason}`);
    return result.value;
  }

  view<K extends ViewKey>(key: K): Views[K] | undefined {
    this.publisher.flush();
    return this.publisher.get(key);
  }
}
