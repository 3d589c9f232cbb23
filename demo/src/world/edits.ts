import type { Signal } from "./signal.ts";
import { fromChanges } from "./signal.ts";

type Change = { at: number; value: boolean };

/** What people changed since the lab started, with the time of each change. Lives in memory only. */
export class Edits {
  /** Grows with every change that can move the world; caches compare it. */
  version = 0;
  readonly #admin = new Map<string, Change[]>();
  readonly #descriptions = new Map<string, string>();
  readonly #hostnames = new Map<string, string>();
  readonly #cleared = new Map<string, number>();
  readonly #notes: { device: string; at: number; text: string }[] = [];

  /** Sets `shutdown` (false) or `no shutdown` (true) of a port or a BGP peer. */
  setAdmin(device: string, name: string, value: boolean, at: number): void {
    const key = `${device}/${name}`;
    const changes = this.#admin.get(key) ?? [];
    changes.push({ at, value });
    this.#admin.set(key, changes);
    this.version += 1;
  }

  adminSignal(device: string, name: string, initial: boolean): Signal {
    return fromChanges(initial, this.#admin.get(`${device}/${name}`) ?? []);
  }

  setDescription(device: string, port: string, text: string): void {
    this.#descriptions.set(`${device}/${port}`, text);
  }

  description(device: string, port: string, initial: string): string {
    return this.#descriptions.get(`${device}/${port}`) ?? initial;
  }

  setHostname(device: string, name: string): void {
    this.#hostnames.set(device, name);
  }

  hostname(device: string, initial: string): string {
    return this.#hostnames.get(device) ?? initial;
  }

  clearCounters(device: string, port: string, at: number): void {
    this.#cleared.set(`${device}/${port}`, at);
  }

  /** When the counters of a port were last cleared (epoch ms), if ever. */
  clearedAt(device: string, port: string): number | undefined {
    return this.#cleared.get(`${device}/${port}`);
  }

  /** Adds one line to the device's log (a configuration was left, counters were cleared). */
  note(device: string, at: number, text: string): void {
    this.#notes.push({ device, at, text });
    this.version += 1;
  }

  notes(device: string): readonly { at: number; text: string }[] {
    return this.#notes.filter((note) => note.device === device);
  }
}
