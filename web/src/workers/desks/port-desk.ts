import type { PortView } from "#machines/desk-views.ts";
import type { Result } from "#protocol/local-messages.ts";
import type { DeskCommand } from "#protocol/local-telemetry.ts";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import { type PanelReading, provesGone, steadyOf, type TelemetryUpdate } from "#telemetry/knowledge/reading.ts";
import {
  type Counters,
  countersOf,
  newZero,
  type PortZero,
  sinceZero,
  takenUp,
  withoutPort,
  withSample,
  withUptime,
} from "#telemetry/port/zero.ts";
import type { Desk, DeskContext } from "./desk.ts";

const COUNTER_FIELDS = panelDef("ifcounters")
  .sections.flatMap(({ fields }) => fields)
  .flatMap(({ field, counter }) => (counter === true ? [field] : []));

const NOTHING: Result = { ok: false, error: { code: "invalid", reason: "nothing_known", retry: "user" } };

type DevicePorts = { shown: string | null; zeroes: Map<string, PortZero> };

/** The port that is looked at, and counters since a person's zero [T88]. `clear counters` is never sent. */
export class PortDesk implements Desk {
  readonly actions = ["port_show", "port_zero"] as const;
  readonly #context: DeskContext;
  readonly #devices = new Map<string, DevicePorts>();

  constructor(context: DeskContext) {
    this.#context = context;
  }

  async restore(): Promise<void> {
    const { records } = this.#context;
    for (const device of await records.devices("zeroes")) {
      const { zeroes } = this.#of(device);
      for (const { key, value } of await records.range<PortZero>("zeroes", device)) {
        const [name] = key;
        if (typeof name === "string" && !zeroes.has(name)) zeroes.set(name, takenUp(value));
      }
    }
  }

  #of(device: string): DevicePorts {
    const found = this.#devices.get(device) ?? { shown: null, zeroes: new Map<string, PortZero>() };
    this.#devices.set(device, found);
    return found;
  }

  take({ device, payload }: TelemetryUpdate): void {
    const ports = this.#devices.get(device);
    if (ports === undefined || ports.zeroes.size === 0) return;
    const { panel, status, ts } = payload;
    if ((status !== "ok" && status !== "partial") || payload.data === undefined) return;
    const steady = steadyOf(payload, ts);
    if (panel === "device_info") {
      const uptime = payload.data.uptime_s;
      if (uptime === undefined) return;
      for (const [name, zero] of ports.zeroes) this.#keep(device, name, zero, withUptime(zero, uptime, ts, steady));
      return;
    }
    if (panel !== "traffic" && panel !== "ifcounters") return;
    const rows = rowsOf(payload);
    if (rows === undefined) return;
    const byName = new Map(rows.map((row) => [row.name, row]));
    for (const [name, zero] of ports.zeroes) {
      const row = byName.get(name);
      if (row !== undefined)
        this.#keep(device, name, zero, withSample(zero, countersOf(row, COUNTER_FIELDS), ts, clearedOf(row), steady));
      else if (panel === "ifcounters" && provesGone(payload, "rows", name))
        this.#keep(device, name, zero, withoutPort(zero, ts));
    }
  }

  #keep(device: string, name: string, before: PortZero, now: PortZero): void {
    if (now === before) return;
    const ports = this.#of(device);
    ports.zeroes.set(name, now);
    void this.#context.records.put("zeroes", device, [name], now);
    if (ports.shown === name) this.#show(device);
  }

  #show(device: string): void {
    this.#context.publisher.mark(`port:${device}`, (): PortView | undefined => {
      const ports = this.#devices.get(device);
      if (ports === undefined || ports.shown === null) return undefined;
      const zero = ports.zeroes.get(ports.shown);
      if (zero === undefined) return { interface: ports.shown };
      const { at, lost } = zero;
      return {
        interface: ports.shown,
        zero_at: at,
        since_zero: sinceZero(zero),
        ...(lost === undefined ? {} : { zero_lost: lost }),
      };
    });
  }

  /** The newest counters that are known of a port. */
  #counters(device: string, name: string): { counters: Counters; at: number; steady: number } | undefined {
    const found = (["traffic", "ifcounters"] as const).flatMap((panel) => {
      const reading = this.#context.reading(device, panel);
      const row = reading && rowsOf(reading)?.find((one) => one.name === name);
      const counters = row === undefined ? {} : countersOf(row, COUNTER_FIELDS);
      if (reading === undefined || Object.keys(counters).length === 0) return [];
      return [{ counters, at: reading.ts, steady: steadyOf(reading, reading.ts) }];
    });
    return found.toSorted((a, b) => b.steady - a.steady)[0];
  }

  async serve(command: DeskCommand): Promise<Result> {
    const { device } = command;
    const ports = this.#of(device);
    if (command.action === "port_show") {
      ports.shown = command.payload.interface;
      this.#show(device);
      return { ok: true };
    }
    if (command.action !== "port_zero") return NOTHING;
    const { interface: name, on } = command.payload;
    if (!on) {
      ports.zeroes.delete(name);
      await this.#context.records.remove("zeroes", device, [name]);
      this.#show(device);
      return { ok: true };
    }
    const known = this.#counters(device, name);
    if (known === undefined) return NOTHING;
    const zero = newZero(known.counters, known.at, known.steady);
    ports.zeroes.set(name, zero);
    await this.#context.records.put("zeroes", device, [name], zero);
    this.#show(device);
    return { ok: true };
  }

  async forget(device: string | undefined): Promise<void> {
    for (const id of device === undefined ? [...this.#devices.keys()] : [device]) {
      this.#devices.delete(id);
      this.#context.publisher.remove(`port:${id}`);
    }
  }
}

function clearedOf({ last_cleared_s }: Readonly<Record<string, unknown>>): number | undefined {
  return typeof last_cleared_s === "number" ? last_cleared_s : undefined;
}

function rowsOf(reading: PanelReading): readonly (Readonly<Record<string, unknown>> & { name: string })[] | undefined {
  return reading.panel === "traffic" || reading.panel === "ifcounters" ? reading.data?.rows : undefined;
}
