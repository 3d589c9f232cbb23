import type { ViewKey } from "#machines/views.ts";
import type { Result } from "#protocol/local-messages.ts";
import type { DeskAction, DeskCommand } from "#protocol/local-telemetry.ts";
import type { Collector, CollectorEffect, CollectorEvent } from "#telemetry/collector.ts";
import type { PanelId } from "#telemetry/knowledge/panels.ts";
import type { PanelReading, TelemetryUpdate } from "#telemetry/knowledge/reading.ts";
import type { HostEnv } from "../host-env.ts";
import type { Publisher } from "../publisher.ts";
import type { HeldTables } from "./held-tables.ts";
import type { RecordStore } from "./record-store.ts";

/**
 * A desk keeps one thing of what collectors read (history, changes, alerts, ...) and answers the commands about it. Desks
 * outlive a tree of actors; they never reach a machine or a socket, and lose nothing but their own work when one fails.
 */
export interface Desk {
  /** The commands that it answers. */
  readonly actions: readonly DeskAction[];
  /** Expected failures are values. */
  serve(command: DeskCommand): Promise<Result> | Result;
  /** Every reading of every device, in order; must not wait. */
  take?(update: TelemetryUpdate): void;
  /** Comes before all readings: the first of a panel's readings that could not wait for the desks, and why not. */
  missed?(update: TelemetryUpdate, why: "locked" | "error"): void;
  /** Answers and progress of questions that were put through {@link CollectorAccess.feed}. */
  heard?(device: string, news: CollectorNews): void;
  /** The page began to look at a view. */
  watched?(key: ViewKey): void;
  /** Shows what earlier runs kept. */
  restore?(): Promise<void>;
  /** A device left the list, or the person wants nothing kept: nothing of it stays. Absent device: all. */
  forget?(device: string | undefined): Promise<void>;
  /** Once a run: lets go of what is too old, also of devices that this run does not use. */
  sweep?(): Promise<void>;
  /** The page is hidden and may be gone at once: what waits is written. */
  hidden?(): Promise<void>;
  /** The worker ends: what waits to be written is written. */
  close?(): Promise<void>;
}

/** What a collector says of a question, by its ticket. */
export type CollectorNews = Extract<CollectorEffect, { type: "answer" | "progress" }>;

/** Collectors of the devices whose telemetry runs; the tree of actors has them. */
export interface CollectorAccess {
  of(device: string): Collector | null;
  /** Hands an event to the device's collector through its runtime; false: telemetry does not run. */
  feed(device: string, event: CollectorEvent): boolean;
}

/** What a desk works with. */
export type DeskContext = {
  env: HostEnv;
  publisher: Publisher;
  records: RecordStore;
  collectors: CollectorAccess;
  /** The latest reading of a panel, kept ones included. */
  reading: (device: string, panel: PanelId) => PanelReading | undefined;
  /** Shows a reading that no collector sends by itself. */
  show(device: string, reading: PanelReading): void;
  tables: HeldTables;
  /** What an earlier run of the app knew of all devices. */
  readings(): Iterable<readonly [device: string, reading: PanelReading]>;
};
