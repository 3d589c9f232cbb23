import type { PanelReading, Source } from "../knowledge/reading.ts";
import type { Capture } from "../transcript/capture.ts";

/**
 * Everything in a collector is counted by a clock that nobody sets [T15]; what is told of it is told in times of day, by
 * the tablet's clock as it is now. `ahead`: how far that one is before the other, milliseconds.
 */
type Row = Record<string, unknown>;

/** Times of ours in rows and records of panels; all others are the device's. */
const OWN_TIMES = ["at", "next_due"] as const;
/** Panels whose rows are about what telemetry did. */
const OWN_ROWS: ReadonlySet<string> = new Set(["collector", "raw"]);

/** A reading with its own times as times of day. */
export function readingInWallTime(reading: PanelReading, ahead: number): PanelReading {
  if (ahead === 0) return reading;
  const { panel, ts, newest_ts, next_due, sources, data, old_rows } = reading;
  return {
    ...reading,
    ts: ts + ahead,
    ...(newest_ts === undefined ? {} : { newest_ts: newest_ts + ahead }),
    ...(next_due === undefined ? {} : { next_due: next_due + ahead }),
    clock_ahead_ms: ahead,
    sources: sources.map((source) => sourceInWallTime(source, ahead)),
    ...(data === undefined ? {} : { data: dataInWallTime(panel, data, ahead) }),
    ...(old_rows === undefined ? {} : { old_rows: dataInWallTime(panel, old_rows, ahead) }),
  } as PanelReading;
}

function dataInWallTime(panel: string, data: Row, ahead: number): Row {
  const out = rowInWallTime(panel, data, ahead);
  for (const [name, value] of Object.entries(out)) {
    if (Array.isArray(value) && name !== "trend") out[name] = rowsInWallTime(panel, value, ahead);
  }
  return out;
}

/** Rows of a table with their own times as times of day. */
export function rowsInWallTime<R>(panel: string, rows: readonly R[], ahead: number): R[] {
  if (ahead === 0) return [...rows];
  return rows.map((row) =>
    typeof row === "object" && row !== null ? (rowInWallTime(panel, row as Row, ahead) as R) : row,
  );
}

function rowInWallTime(panel: string, row: Row, ahead: number): Row {
  const out = { ...row };
  const { trend } = row;
  if (Array.isArray(trend)) out.trend = (trend as { t: number }[]).map((point) => ({ ...point, t: point.t + ahead }));
  if (!OWN_ROWS.has(panel)) return out;
  for (const name of OWN_TIMES) {
    const value = out[name];
    if (typeof value === "number") out[name] = value + ahead;
  }
  return out;
}

export function sourceInWallTime(source: Source, ahead: number): Source {
  return ahead === 0 ? source : { ...source, ts: source.ts + ahead };
}

export function captureInWallTime(capture: Capture, ahead: number): Capture {
  if (ahead === 0) return capture;
  const { sent_at, ts, done_at } = capture;
  return { ...capture, sent_at: sent_at + ahead, ts: ts + ahead, done_at: done_at + ahead };
}
