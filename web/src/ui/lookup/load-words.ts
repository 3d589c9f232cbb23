import type { LoadView } from "#bridge/types.ts";
import { groupDigits, withIec } from "../format/numbers.ts";

const rows = (count: number): string => `${groupDigits(String(count))} ${count === 1 ? "row" : "rows"}`;

/** How far a load is, in words. */
export function loadWords({ phase, bytes, estimate_bytes: estimate, rows: read }: LoadView): string {
  const of = estimate === undefined ? withIec(bytes) : `${withIec(bytes)} of about ${withIec(estimate)}`;
  switch (phase) {
    case "waiting":
      return "Waiting for the device to be free";
    case "running":
      return `Arriving: ${of}`;
    case "parsing":
      return `Reading: ${rows(read)} so far`;
    case "confirm":
      return estimate === undefined ? "Of unknown size" : `About ${withIec(estimate)}`;
    case "done":
      return rows(read);
    case "cancelled":
      return "Cancelled; nothing of it is kept.";
    default:
      return "The table did not arrive.";
  }
}

/** Share of the estimate that arrived, 0 to 1; nothing where no size is known. An estimate may be short: never above 1. */
export function loadShare({ bytes, estimate_bytes: estimate }: LoadView): number | undefined {
  return estimate === undefined || estimate === 0 ? undefined : Math.min(1, bytes / estimate);
}

export const isUnderWay = (load: LoadView | undefined): boolean =>
  load !== undefined && (load.phase === "waiting" || load.phase === "running" || load.phase === "parsing");
