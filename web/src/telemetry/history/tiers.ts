/** How finely and how long series are kept [T82]. Times in milliseconds. */
export type TierId = "raw" | "minute" | "five_minutes";

export type HistoryTier = {
  id: TierId;
  /** Distance of points; raw ones lie where they were read. */
  stepMs: number;
  /** Stretch of time that one stored block covers. */
  blockMs: number;
  /** Blocks that ended longer ago go. */
  keepMs: number;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Finest first; each coarser one is made of the raw points. */
export const HISTORY_TIERS = {
  raw: { id: "raw", stepMs: 0, blockMs: 5 * MINUTE_MS, keepMs: HOUR_MS },
  minute: { id: "minute", stepMs: MINUTE_MS, blockMs: HOUR_MS / 2, keepMs: DAY_MS },
  five_minutes: { id: "five_minutes", stepMs: 5 * MINUTE_MS, blockMs: 2 * HOUR_MS, keepMs: 7 * DAY_MS },
} as const satisfies Record<TierId, HistoryTier>;

/** All of a device's series together, bytes; beyond it the oldest blocks go first [T82]. */
export const HISTORY_BUDGET_BYTES = 50 * 1024 * 1024;

/** Start of the block that a time falls into. */
export function blockStart(tier: HistoryTier, at: number): number {
  return Math.floor(at / tier.blockMs) * tier.blockMs;
}

/** The finest tier that still has everything from `from` on. */
export function tierFor(from: number, now: number): HistoryTier {
  const { raw, minute, five_minutes } = HISTORY_TIERS;
  if (now - from <= raw.keepMs) return raw;
  return now - from <= minute.keepMs ? minute : five_minutes;
}

/** A block whose whole stretch is older than its tier keeps. */
export function isExpired(tier: HistoryTier, start: number, now: number): boolean {
  return start + tier.blockMs < now - tier.keepMs;
}
