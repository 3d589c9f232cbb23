import type { ChangesView } from "#machines/desk-views.ts";
import type { Result } from "#protocol/local-messages.ts";
import type { DeskCommand } from "#protocol/local-telemetry.ts";
import type { ChangeEvent } from "#telemetry/changes/change.ts";
import { ChangeFolder } from "#telemetry/changes/change-log.ts";
import { PanelWatch } from "#telemetry/changes/diff.ts";
import { type PanelReading, steadyOf, type TelemetryUpdate } from "#telemetry/knowledge/reading.ts";
import type { Desk, DeskContext } from "./desk.ts";
import { wholeTable } from "./device-facts.ts";

/** Events in the view; older ones are asked for. */
const SHOWN = 50;
/** Events kept per device, and for how long, milliseconds. */
const KEPT = 5_000;
const KEEP_MS = 30 * 24 * 3_600_000;
/** Storage is looked through for old events after so many new ones. */
const SWEEP_EVERY = 500;
const INVALID: Result = { ok: false, error: { code: "invalid", reason: "range", retry: "no" } };
const MAX_LIMIT = 500;

/** Key of what the person has seen, among the events of a device. */
const SEEN_KEY = ["seen"] as const;

type DeviceChanges = {
  folder: ChangeFolder;
  watches: Map<string, PanelWatch>;
  /** Newest first, at most {@link SHOWN}. */
  events: ChangeEvent[];
  seen_until: number;
  unseen: number;
  added: number;
};

/** The change strip of every device: watches readings, keeps what happened, says what was not seen yet [T85] [T86]. */
export class ChangesDesk implements Desk {
  readonly actions = ["changes_list", "changes_seen"] as const;
  readonly #context: DeskContext;
  readonly #devices = new Map<string, DeviceChanges>();
  /** Told of every event that is new, not of those that fold into one; for sound, vibration and notifications. */
  readonly #onEvent: (device: string, event: ChangeEvent) => void;

  constructor(context: DeskContext, onEvent: (device: string, event: ChangeEvent) => void = () => {}) {
    this.#context = context;
    this.#onEvent = onEvent;
  }

  async restore(): Promise<void> {
    const { records } = this.#context;
    for (const device of await records.devices("changes")) {
      const kept = await records.range<ChangeEvent>("changes", device, { from: ["e"], to: ["e"], last: SHOWN });
      const of = this.#of(device);
      const last = kept.at(-1)?.value.id;
      if (last !== undefined) of.folder.goOnAfter(last);
      of.seen_until = (await records.get<number>("changes", device, SEEN_KEY)) ?? 0;
      // Events may have come while these were read.
      const known = new Set(of.events.map(({ id }) => id));
      of.events.push(
        ...kept
          .map(({ value }) => value)
          .filter(({ id }) => !known.has(id))
          .toReversed(),
      );
      of.unseen = of.events.filter(({ at }) => at > of.seen_until).length;
      this.#show(device);
      void this.#sweep(device);
    }
    // What the last run read is what the first reading of this one is compared with [T86].
    for (const [device, reading] of this.#context.readings()) this.#watch(device, reading);
  }

  #of(device: string): DeviceChanges {
    const found = this.#devices.get(device);
    if (found !== undefined) return found;
    const made: DeviceChanges = {
      folder: new ChangeFolder(),
      watches: new Map(),
      events: [],
      seen_until: 0,
      unseen: 0,
      added: 0,
    };
    this.#devices.set(device, made);
    return made;
  }

  take({ device, payload }: TelemetryUpdate): void {
    if (this.#watch(device, payload)) this.#show(device);
  }

  #watch(device: string, reading: PanelReading): boolean {
    const of = this.#of(device);
    const watch = of.watches.get(reading.panel) ?? new PanelWatch();
    of.watches.set(reading.panel, watch);
    const changes = watch.take(reading, (path) => wholeTable(this.#context, device, reading.panel, path, reading.ts));
    for (const change of changes) {
      const { event, folded } = of.folder.add(change, steadyOf(reading, change.at));
      const at = of.events.findIndex(({ id }) => id === event.id);
      if (at === -1) of.events.unshift(event);
      else of.events[at] = event;
      if (!folded) {
        of.unseen++;
        // Seen until a time that is yet to come: the tablet's clock was set back, and what is new is older than that.
        if (of.seen_until > reading.ts + reading.age_ms) of.seen_until = event.at - 1;
        this.#onEvent(device, event);
      }
      void this.#context.records.put("changes", device, ["e", event.id], event);
      if (++of.added % SWEEP_EVERY === 0) void this.#sweep(device);
    }
    of.events.splice(SHOWN);
    return changes.length > 0;
  }

  #show(device: string): void {
    this.#context.publisher.mark(`changes:${device}`, (): ChangesView | undefined => {
      const of = this.#devices.get(device);
      return of && { events: [...of.events], seen_until: of.seen_until, unseen: of.unseen };
    });
  }

  async #sweep(device: string): Promise<void> {
    const { records, env } = this.#context;
    const all = await records.range<ChangeEvent>("changes", device, { from: ["e"], to: ["e"] });
    const oldest = env.now() - KEEP_MS;
    for (const [index, { key, value }] of all.entries()) {
      if (value.at >= oldest && all.length - index <= KEPT) break;
      await records.remove("changes", device, key);
    }
  }

  async serve(command: DeskCommand): Promise<Result> {
    const { device } = command;
    if (command.action === "changes_seen") {
      const of = this.#of(device);
      of.seen_until = Math.max(of.seen_until, command.payload.until);
      of.unseen = of.events.filter(({ at }) => at > of.seen_until).length;
      this.#show(device);
      await this.#context.records.put("changes", device, SEEN_KEY, of.seen_until);
      return { ok: true };
    }
    if (command.action !== "changes_list") return INVALID;
    const { before, limit } = command.payload;
    if (!(limit > 0 && limit <= MAX_LIMIT)) return INVALID;
    const all = await this.#context.records.range<ChangeEvent>("changes", device, { from: ["e"], to: ["e"] });
    // By id: a time may be that of many, and moves when events fold.
    const older = all.map(({ value }) => value).filter(({ id }) => before === undefined || id < before);
    return { ok: true, value: older.slice(-limit).toReversed() };
  }

  async forget(device: string | undefined): Promise<void> {
    for (const id of device === undefined ? [...this.#devices.keys()] : [device]) {
      this.#devices.delete(id);
      this.#context.publisher.remove(`changes:${id}`);
    }
  }
}
