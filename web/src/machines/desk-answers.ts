/** What desks answer to questions of the page, by the action in `#protocol/local-telemetry.ts`. */

/** `lookup` and `port_details` [T63] [T88]. */
export type { LookupAnswer, PortDetails } from "#telemetry/asks/answers.ts";
export type { PortPanel } from "#telemetry/asks/questions.ts";
/** `compare` [T87]. */
export type { Comparison, Difference, NotCompared } from "#telemetry/compare/compare.ts";
/** `snapshot_list` and `snapshot_store`. */
export type { SnapshotEntry } from "#telemetry/compare/snapshot.ts";
/** `series_range` [T82]. */
export type { GapWhy, HistoryPoint, HistoryRange, SeriesGap } from "#telemetry/history/history-data.ts";
