import type { PanelData, PanelId } from "./panel-data.ts";

/** Names one stored capture of a device; given back to the collector to see the raw bytes. */
export type CaptureId = string;

/** State of a panel's data [T28]. */
export type Status = "pending" | "ok" | "partial" | "stale" | "error" | "unsupported" | "denied" | "gated";

/** Why a reading is not `ok` [T28]; a closed list. `suspended`: the way to the device is away; `kept`: an earlier run read it. */
export type ReasonCode =
  | "timeout"
  | "truncated"
  | "parse"
  | "overflow"
  | "gap"
  | "damaged"
  | "paused"
  | "throttled"
  | "suspended"
  | "kept"
  | "no_permission"
  | "feature_off"
  | "limit"
  | "needs_user"
  | "prompt";

/** One capture that a reading was made of. Times in epoch milliseconds, `ms` is the command's wall time. */
export type Source = {
  command: string;
  form: "json" | "xml" | "kv" | "text";
  parser: string;
  parser_version: number;
  ts: number;
  ms: number;
  bytes: number;
  rows: number;
  unparsed_lines: number;
  complete: boolean;
  capture: CaptureId;
  notes: string[];
};

/** What one panel shows: data, how old it is and where it came from. */
export type PanelReading<P extends PanelId = PanelId> = {
  [K in P]: {
    panel: K;
    schema: number;
    /** Receive time of the oldest capture that the data came from, epoch milliseconds; of the emission when there is none. */
    ts: number;
    /** Receive time of the newest capture, where there are several: what changed since is in that one. */
    newest_ts?: number;
    /**
     * How far the time of day is ahead of the clock that differences are counted with, where the two parted since the app
     * began, milliseconds [T15]. All times of a reading are times of day.
     */
    clock_ahead_ms?: number;
    /** Age of the data at emission, milliseconds; views keep counting. */
    age_ms: number;
    interval_ms?: number;
    /** When the next poll is planned, epoch milliseconds. */
    next_due?: number;
    status: Status;
    reason?: ReasonCode;
    /** What a person can do about it, from the pack's table of known causes. */
    hint?: string;
    sources: Source[];
    /** Field to index in `sources`, when there is more than one. */
    field_source?: Record<string, number>;
    /**
     * Of a partial reading, by path of the section: keys of rows that are proven to be gone, since what showed them was read
     * whole and has them no more [T85]. Any other row that is missing is merely not known.
     */
    gone?: Readonly<Record<string, readonly string[]>>;
    /** Of a partial reading: rows as they last were, of what could not be read this time; none of them is in `data`. */
    old_rows?: Readonly<Record<string, readonly object[]>>;
    /** So many rows have no line over time: there are more than lines are kept of [T82]. */
    without_history?: number;
    /** The last good data stays while the status is stale, error or denied. */
    data?: PanelData[K];
  };
}[P];

/** The mission's `telemetry_update`: emitted by the telemetry actor to every view, never on the wire. */
export type TelemetryUpdate<P extends PanelId = PanelId> = {
  session_id: "ssh2";
  type: "telemetry";
  action: "telemetry_update";
  device: string;
  /** Grows by one per update of a device. */
  seq: number;
  payload: PanelReading<P>;
};

/** When the newest part of a reading was received, epoch milliseconds. */
export function newestOf({ ts, newest_ts }: Pick<PanelReading, "ts" | "newest_ts">): number {
  return newest_ts ?? ts;
}

/** A time of a reading by the clock that nobody sets: what differences between readings are counted with [T15]. */
export function steadyOf({ clock_ahead_ms = 0 }: Pick<PanelReading, "clock_ahead_ms">, at: number): number {
  return at - clock_ahead_ms;
}

/** {@link newestOf} by the clock that nobody sets [T15]. */
export function newestSteady(reading: Pick<PanelReading, "ts" | "newest_ts" | "clock_ahead_ms">): number {
  return steadyOf(reading, newestOf(reading));
}

/** A row that a reading does not have is gone: it was read whole, or the part that showed the row was [T7] [T85]. */
export function provesGone(
  { status, gone }: Pick<PanelReading, "status" | "gone">,
  path: string,
  key: string,
): boolean {
  return status === "ok" || (status === "partial" && gone?.[path]?.includes(key) === true);
}
