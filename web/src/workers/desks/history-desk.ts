import type { Result } from "#protocol/local-messages.ts";
import type { DeskCommand } from "#protocol/local-telemetry.ts";
import type { GapWhy, HistoryRange } from "#telemetry/history/history-data.ts";
import type { TelemetryUpdate } from "#telemetry/knowledge/reading.ts";
import type { Desk, DeskContext } from "./desk.ts";
import { DeviceHistory } from "./device-history.ts";

/** What was read goes to the tablet this often, and when the page is hidden or the worker ends, milliseconds. */
const FLUSH_MS = 60_000;
const INVALID: Result = { ok: false, error: { code: "invalid", reason: "range", retry: "no" } };
/** Series and points of one question: what a screen can draw. */
const MAX_SERIES = 16;
const MAX_POINTS = 2_000;

/** Series of all devices on the tablet [T82], and charts' questions about them. */
export class HistoryDesk implements Desk {
  readonly actions = ["series_range"] as const;
  readonly #context: DeskContext;
  readonly #devices = new Map<string, DeviceHistory>();
  #timer: number | null = null;

  constructor(context: DeskContext) {
    this.#context = context;
  }

  #of(device: string): DeviceHistory {
    const found = this.#devices.get(device) ?? new DeviceHistory(device, this.#context.records);
    this.#devices.set(device, found);
    return found;
  }

  take({ device, payload }: TelemetryUpdate): void {
    this.#of(device).take(payload);
    this.#timer ??= this.#context.env.setTimeout(() => {
      this.#timer = null;
      const now = this.#context.env.now();
      // A failure that nobody hears would take the worker down, and terminals with it [T9].
      for (const device of this.#devices.values()) void device.store(now);
    }, FLUSH_MS);
  }

  missed({ device, payload }: TelemetryUpdate, why: GapWhy): void {
    this.#of(device).miss(payload, why);
  }

  /** Writes what waits, and lets go of what is too old. */
  async flush(): Promise<void> {
    const now = this.#context.env.now();
    await Promise.all([...this.#devices.values()].map((device) => device.flush(now)));
  }

  async serve(command: DeskCommand): Promise<Result> {
    if (command.action !== "series_range") return INVALID;
    const { series, from, to, points } = command.payload;
    if (!(from < to) || series.length > MAX_SERIES) return INVALID;
    const now = this.#context.env.now();
    const most = Math.min(MAX_POINTS, Math.max(2, points));
    const value = await this.#of(command.device).ranges(series, from, to, most, now);
    return { ok: true, value: value satisfies HistoryRange[] };
  }

  async forget(device: string | undefined): Promise<void> {
    const gone = [...this.#devices].filter(([id]) => device === undefined || id === device);
    for (const [id] of gone) this.#devices.delete(id);
    await Promise.all(gone.map(([, history]) => history.forget()));
  }

  /** The limits of age and size hold for every device that is kept [T82]. */
  async sweep(): Promise<void> {
    const { records, env } = this.#context;
    for (const device of new Set([...(await records.devices("series")), ...(await records.devices("gaps"))])) {
      const history = this.#of(device);
      await history.sweep(env.now());
      // Nobody looks at it: it need not be gone through with every flush.
      if (history.isIdle && this.#devices.get(device) === history) this.#devices.delete(device);
    }
  }

  hidden(): Promise<void> {
    return this.flush();
  }

  async close(): Promise<void> {
    if (this.#timer !== null) this.#context.env.clearTimeout(this.#timer);
    this.#timer = null;
    await this.flush();
  }
}
