import type { ViewKey } from "#machines/views.ts";
import type { Result } from "#protocol/local-messages.ts";
import type { DeskCommand } from "#protocol/local-telemetry.ts";
import type { Collector, CollectorEvent } from "#telemetry/collector.ts";
import type { TelemetryUpdate } from "#telemetry/knowledge/reading.ts";
import type { CollectorAccess, CollectorNews, Desk, DeskContext } from "./desk.ts";

const UNKNOWN: Result = { ok: false, error: { code: "unsupported", reason: "message", retry: "no" } };
const LOCKED: Result = { ok: false, error: { code: "invalid", reason: "vault_locked", retry: "user" } };
/** A failed answer of a desk, or no code of desks: trying again may help. */
const FAILED: Result = { ok: false, error: { code: "storage", retry: "user" } };

/** The collectors of the present tree of actors; between two trees there are none. */
export class CurrentCollectors implements CollectorAccess {
  #tree: CollectorAccess | null = null;

  use(tree: CollectorAccess | null): void {
    this.#tree = tree;
  }

  of(device: string): Collector | null {
    return this.#tree?.of(device) ?? null;
  }

  feed(device: string, event: CollectorEvent): boolean {
    return this.#tree?.feed(device, event) ?? false;
  }
}

/** What earlier runs kept cannot be read while the vault is locked; once it was read, the desks go on over a lock [S71]. */
export type DeskGate = { readonly isLocked: boolean; whenOpen(): Promise<void> };
const NO_GATE: DeskGate = { isLocked: false, whenOpen: () => Promise.resolve() };

/** Who tells the person how desks fare. */
export type DesksReport = { desksFailed(error: unknown): void; desksLoaded(): void };

/** Readings that wait for the desks' code, or for the vault; the oldest go first, and desks are told [T83]. */
const EARLY_MAX = 1_000;

/** The first reading of a panel that went, and whether the lock was why; else the code did not come. */
type Lost = { update: TelemetryUpdate; why: "locked" | "error" };

/**
 * All desks behind one front: hands readings to each and commands to the one that answers them. Their code is loaded when
 * the first of either comes; what comes meanwhile waits in order. A desk that throws is heard of and harms no other.
 */
export class Desks {
  readonly #load: () => Promise<readonly Desk[]>;
  readonly #onFailure: (error: unknown) => void;
  readonly #gate: DeskGate;
  #opening: Promise<readonly Desk[]> | null = null;
  #open: readonly Desk[] | null = null;
  #early: TelemetryUpdate[] = [];
  readonly #lost = new Map<string, Lost>();
  /** What is to be done once their code is there anyway. */
  #waiting: (() => Promise<void>)[] = [];

  constructor(load: () => Promise<readonly Desk[]>, onFailure: (error: unknown) => void, gate: DeskGate = NO_GATE) {
    this.#gate = gate;
    this.#load = load;
    this.#onFailure = onFailure;
  }

  /** The desks of the app, with their code as a part of its own. */
  static lazy(context: DeskContext, report: DesksReport, gate: DeskGate): Desks {
    const load = async (): Promise<readonly Desk[]> => {
      const { openDesks } = await import("./open-desks.ts");
      report.desksLoaded();
      return openDesks(context);
    };
    return new Desks(load, (error) => report.desksFailed(error), gate);
  }

  /** None when their code could not be loaded; whoever comes next has it tried again. */
  async #ready(): Promise<readonly Desk[]> {
    this.#opening ??= this.#begin();
    try {
      return await this.#opening;
    } catch (error) {
      if (this.#opening !== null) this.#onFailure(error);
      this.#opening = null;
      return [];
    }
  }

  async #begin(): Promise<readonly Desk[]> {
    await this.#gate.whenOpen();
    const desks = await this.#load();
    for (const desk of desks) await this.#guarded(() => desk.restore?.());
    this.#open = desks;
    for (const { update, why } of this.#lost.values()) {
      for (const desk of desks) this.#safely(() => desk.missed?.(update, why));
    }
    this.#lost.clear();
    for (const update of this.#early.splice(0)) this.#hand(desks, update);
    for (const run of this.#waiting.splice(0)) void this.#guarded(run);
    return desks;
  }

  /** Runs when desks are open, at once if they are; loads nothing for it. What fails is told. */
  whenOpen(run: () => Promise<void>): void {
    if (this.#open === null) this.#waiting.push(run);
    else void this.#guarded(run);
  }

  /** Shows what earlier runs kept. */
  async restore(): Promise<void> {
    await this.#ready();
  }

  take(update: TelemetryUpdate): void {
    if (this.#open !== null) {
      this.#hand(this.#open, update);
      return;
    }
    this.#early.push(update);
    if (this.#early.length > EARLY_MAX) this.#lose(this.#early.shift());
    void this.#ready();
  }

  #lose(update: TelemetryUpdate | undefined): void {
    if (update === undefined) return;
    const { status, data, panel } = update.payload;
    const key = JSON.stringify([update.device, panel]);
    // Only values are missed; what is lost after the first is in the same gap.
    if ((status !== "ok" && status !== "partial") || data === undefined || this.#lost.has(key)) return;
    this.#lost.set(key, { update, why: this.#gate.isLocked ? "locked" : "error" });
  }

  #hand(desks: readonly Desk[], update: TelemetryUpdate): void {
    for (const desk of desks) this.#safely(() => desk.take?.(update));
  }

  #safely(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#onFailure(error);
    }
  }

  /** Only desks that are open have asked anything. */
  heard(device: string, news: CollectorNews): void {
    for (const desk of this.#open ?? []) this.#safely(() => desk.heard?.(device, news));
  }

  async serve(command: DeskCommand): Promise<Result> {
    if (this.#open === null && this.#gate.isLocked) return LOCKED;
    const desks = await this.#ready();
    if (this.#open === null) return FAILED;
    const desk = desks.find(({ actions }) => actions.includes(command.action));
    if (desk === undefined) return UNKNOWN;
    try {
      return await desk.serve(command);
    } catch (error) {
      this.#onFailure(error);
      return FAILED;
    }
  }

  watched(key: ViewKey): void {
    for (const desk of this.#open ?? []) this.#safely(() => desk.watched?.(key));
  }

  async forget(device: string | undefined): Promise<void> {
    this.#early = this.#early.filter((update) => device !== undefined && update.device !== device);
    for (const [key, { update }] of this.#lost) {
      if (device === undefined || update.device === device) this.#lost.delete(key);
    }
    // Desks that know nothing yet have nothing to forget; what is stored is wiped by whoever asks.
    if (this.#open === null && this.#gate.isLocked) return;
    for (const desk of await this.#ready()) await this.#guarded(() => desk.forget?.(device));
  }

  /** Lets go of what is too old, also of devices that this run does not use. */
  async sweep(): Promise<void> {
    for (const desk of this.#open ?? []) await this.#guarded(() => desk.sweep?.());
  }

  async hidden(): Promise<void> {
    for (const desk of this.#open ?? []) await this.#guarded(() => desk.hidden?.());
  }

  async close(): Promise<void> {
    for (const desk of this.#open ?? []) await this.#guarded(() => desk.close?.());
  }

  async #guarded(run: () => Promise<void> | undefined): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#onFailure(error);
    }
  }
}
