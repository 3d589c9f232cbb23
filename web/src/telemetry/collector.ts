/**
 * The telemetry collector: detects the platform of a device, asks it read-only commands within a load budget, parses the
 * answers and hands out readings. Sans-IO: it has no clock, timer, socket or storage. The driver
 *
 * - sends every event with its time: `opened` when a channel is live (after connect, resume or `transport_changed` there
 *   is no second `opened`), `bytes` for each OUT body with its position, the exec replies, the link's ups and downs;
 * - carries out every effect in order: `write` as IN bytes, `exec`/`exec_cancel`/`set_transport` as control frames,
 *   `reading` to the views, `wake_at` as its one timer that sends `wake`, `close_channel` and `ended` as the end;
 * - finishes the effects of one event before it hands over the next: `handle` must not be called from inside.
 *
 * Times of events and `wake_at` are of a clock that nobody sets; a `clock` event says how far the time of day has moved away
 * from it. Times inside readings, answers, captures and the audit are times of day [T15].
 *
 * Same events in, same effects out [T10]. What to open first: `initialTransport`.
 */
import { CollectorCore } from "./collector/core.ts";
import type { CollectorEffect, CollectorEvent, CollectorInput, Remembered, Transport } from "./collector/events.ts";
import { type TableWindow, tableWindow, type WindowQuery } from "./collector/table-window.ts";
import { readingOf } from "./collector/updates.ts";
import type { AuditEntry, PanelId } from "./knowledge/panel-data.ts";
import type { PlatformId } from "./knowledge/platforms.ts";
import type { PanelReading } from "./knowledge/reading.ts";
import type { Pack } from "./packs/pack.ts";
import { packs } from "./platforms/packs.ts";
import type { Capture } from "./transcript/capture.ts";

export type {
  Answer,
  CollectorEffect,
  CollectorEvent,
  CollectorInput,
  CollectorPhase,
  Remembered,
  Transport,
} from "./collector/events.ts";
export type { Refusal } from "./collector/on-demand.ts";
export type { TableWindow, WindowQuery } from "./collector/table-window.ts";
export type { Capture } from "./transcript/capture.ts";

/** Telemetry of one device. */
export interface Collector {
  /** Takes an event and says what to do; effects are to be carried out in order. */
  handle(event: CollectorEvent): CollectorEffect[];
  /** The raw answer behind a reading, while it is kept [T6]. */
  capture(id: string): Capture | undefined;
  /** The pack in use; undefined until the platform is known. */
  pack(): Pack | undefined;
  /** Everything that was sent, oldest first [T61]. */
  audit(): AuditEntry[];
  /** The present reading of a panel, subscribed or not; `now` is the time of day. */
  snapshot(panel: PanelId, now: number): PanelReading;
  /** Part of a table that is too long for a reading [T77]; `table` is the path of the panel's table section. */
  tableWindow(panel: PanelId, table: string, query: WindowQuery, now: number): TableWindow;
}

/** Makes a collector; nothing happens before its first event. */
export function createCollector(input: CollectorInput): Collector {
  const core = new CollectorCore(input);
  return {
    handle: (event) => core.handle(event),
    capture: (id) => core.capture(id),
    pack: () => core.sources(0).pack,
    audit: () => core.audit(),
    snapshot: (panel, now) => readingOf(core.sources(core.steady(now)), panel),
    tableWindow: (panel, table, query, now) => tableWindow(core.rows(panel, table, core.steady(now)), query),
  };
}

/** The transport to open ssh2 with: what was remembered, else what the chosen pack wants, else a shell with a terminal. */
export function initialTransport(remembered: Remembered | undefined, chosen?: PlatformId): Transport {
  if (chosen) return packs[chosen].session.channel === "exec" ? "exec" : "shell_pty";
  return remembered?.transport ?? "shell_pty";
}
