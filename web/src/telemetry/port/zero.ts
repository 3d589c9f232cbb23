/** Counters by field, unsigned decimal text [T13]. */
export type Counters = Readonly<Record<string, string>>;

/**
 * Where a person counts from; kept on the tablet, also across reconnects [T88]. `at` is a time of day; what is counted with
 * goes by the clock that nobody sets [T15] and holds for one run of the app: {@link takenUp} begins it anew.
 */
export type PortZero = {
  at: number;
  /** The same by the clock that nobody sets. */
  began?: number;
  base: Counters;
  /** The last counters that went on from the base, and when they were read, by the clock that nobody sets. */
  last: Counters;
  seen_at: number;
  /** How long ago the counters were last cleared, as the device said at `seen_at`, seconds. */
  cleared_s?: number;
  /** Uptime of the device at `seen_at`, seconds, where it was known. */
  uptime_s?: number;
  /** It ended: from there on nothing can be counted. */
  lost?: { at: number; why: "reset" | "gone" | "reload" };
};

/** An uptime may lag by this much without a reload, seconds [T16]. */
const UPTIME_SLACK_S = 60;

/** Counts from these counters on; `steady` is `at` by the clock that nobody sets. */
export function newZero(counters: Counters, at: number, steady = at): PortZero {
  return { at, began: steady, base: counters, last: counters, seen_at: steady };
}

/** What an earlier run of the app kept: every reading of this one is later, whatever the clock said then. */
export function takenUp(zero: PortZero): PortZero {
  return { ...zero, began: zero.at, seen_at: Number.NEGATIVE_INFINITY };
}

/**
 * The next sample. A counter that fell ends the zero, for a clearing and a wrap look alike from here and a figure that may
 * be short by 2^32 is none [T16] [T88].
 */
export function withSample(zero: PortZero, counters: Counters, at: number, cleared_s?: number, steady = at): PortZero {
  if (zero.lost !== undefined || steady <= zero.seen_at) return zero;
  const fell = Object.entries(counters).some(([field, value]) => {
    const before = zero.last[field];
    return before !== undefined && BigInt(value) < BigInt(before);
  });
  // Cleared since the last look, though the counters have passed it again.
  const cleared =
    cleared_s !== undefined && zero.cleared_s !== undefined && cleared_s + UPTIME_SLACK_S < zero.cleared_s;
  if (fell || cleared) return { ...zero, lost: { at, why: "reset" } };
  const out: PortZero = { ...zero, last: { ...zero.last, ...counters }, seen_at: steady };
  if (cleared_s !== undefined) out.cleared_s = cleared_s;
  return out;
}

/** The device's uptime: less than it must be by now means that it was reloaded. */
export function withUptime(zero: PortZero, uptime_s: number, at: number, steady = at): PortZero {
  if (zero.lost !== undefined) return zero;
  const { uptime_s: before } = zero;
  // An uptime shorter than the zero is old says so at once, also after days without a reading.
  const young = uptime_s + UPTIME_SLACK_S < (steady - (zero.began ?? zero.at)) / 1_000;
  if (young || (before !== undefined && uptime_s + UPTIME_SLACK_S < before))
    return { ...zero, lost: { at, why: "reload" } };
  return { ...zero, uptime_s };
}

/** A complete reading no longer has the port. */
export function withoutPort(zero: PortZero, at: number): PortZero {
  return zero.lost === undefined ? { ...zero, lost: { at, why: "gone" } } : zero;
}

/** What was counted since the zero, by field; up to the moment at which it was lost. */
export function sinceZero({ base, last }: PortZero): Counters {
  const out: Record<string, string> = {};
  for (const [field, value] of Object.entries(last)) {
    const from = base[field];
    if (from !== undefined) out[field] = String(BigInt(value) - BigInt(from));
  }
  return out;
}

const COUNTER = /^(?:0|[1-9]\d*)$/;

/** The counters of a row; everything else in it is left out. */
export function countersOf(row: Readonly<Record<string, unknown>>, fields: readonly string[]): Counters {
  const out: Record<string, string> = {};
  for (const field of fields) {
    const value = row[field];
    if (typeof value === "string" && COUNTER.test(value)) out[field] = value;
  }
  return out;
}
