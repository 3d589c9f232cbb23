/** One sample of an entity's counters at a receive time. */
export type CounterSample = { at: number; counters: ReadonlyMap<string, bigint> };

/** What may be believed about the time between two samples. */
export type RateLimits = {
  /** Speed of the port in bits per second, when it is known. */
  speedBps?: number | undefined;
  /** Samples further apart give no rate. */
  maxDtMs: number;
  /** The box refreshes its counters only so often: rates span at least this [T18]. */
  refreshMs?: number | undefined;
  /** How wide the box counts, as its pack says; where nobody says so no fall is a wrap [T17]. */
  counterBits?: 32 | 64 | undefined;
  /** Fields that hold octets: their rate times eight is compared with the speed. */
  octets: readonly string[];
};

/**
 * Rates per second; `gap` says why there are none [T16]. `held`: the box has not refreshed its counters since, so these are
 * the rates of the sample before, and no new point of a series [T18].
 */
export type RateResult = {
  rates: Map<string, number>;
  held?: true;
  gap?: "first" | "interval" | "reset" | "speed" | "epoch" | "too_soon" | "cached";
};

/** Two samples closer than this say nothing about a rate [T15]. */
const MIN_DT_MS = 500;
const TWO_32 = 2n ** 32n;
/** A counter that had not come half way cannot have come round since: a fall from there is a reset [T16]. */
const TWO_31 = 2n ** 31n;
/** A rate above this share of the speed is a misreading, not traffic [T16]. */
const OVER_SPEED = 1.1;

const HALF_32 = 2 ** 31;
/** Across a wrap a port may carry at most this many times what it carried before, or this share of its speed. */
const WRAP_GROWTH = 4;
const WRAP_FLOOR = 0.01;

/** On a busy port so many samples in a row may bring no growth before that is believed [T18]. */
const MAX_STILL = 6;

type Memory = {
  /** Where the next rate is measured from. */
  sample: CounterSample;
  /** The newest sample, which may be one that brought nothing new or came too soon. */
  seen: CounterSample;
  epoch: number;
  wide: Set<string>;
  rates: ReadonlyMap<string, number> | undefined;
  still: number;
};

/**
 * Rates from pairs of samples by receive time [T15]-[T17]: a fall is a wrap only for a counter that is said to have 32 bits,
 * never passed 2^32 all the same, and whose wrapped growth fits the port; everything else that breaks continuity is a gap,
 * never a spike.
 */
export class RateTracker {
  private readonly last = new Map<string, Memory>();
  private epoch = 0;

  /** Continuity was lost for every entity: reconnect, resume, reload [T16]. */
  reset(): void {
    this.epoch++;
  }

  /** Continuity was lost for one entity. */
  forget(key: string): void {
    this.last.delete(key);
  }

  /** Entities that a complete reading did not show vanished: their next sample starts anew. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.last.keys()) if (!keys.has(key)) this.last.delete(key);
  }

  sample(key: string, sample: CounterSample, limits: RateLimits): RateResult {
    const before = this.last.get(key);
    if (before?.epoch !== this.epoch) {
      this.begin(key, sample, before);
      return { rates: new Map(), gap: before === undefined ? "first" : "epoch" };
    }
    const [dt, sinceSeen] = [sample.at - before.sample.at, sample.at - before.seen.at];
    // Rows of one answer share their time: of a name that it has twice the second row says nothing.
    if (sinceSeen === 0) return { rates: new Map(), gap: "too_soon" };
    const isFall = hasFallen(before.seen, sample);
    const isTooSoon = dt >= 0 && dt < MIN_DT_MS;
    const inTime = sinceSeen > 0 && sinceSeen <= limits.maxDtMs;
    if (!isFall && isTooSoon) {
      before.seen = sample;
      return { rates: new Map(), gap: "too_soon" };
    }
    if (!isFall && inTime && isUnrefreshed(before, sample, dt, limits)) {
      before.seen = sample;
      return before.rates ? { rates: new Map(before.rates), held: true } : { rates: new Map(), gap: "cached" };
    }
    const memory = this.begin(key, sample, before);
    if (dt < 0 || !inTime) return { rates: new Map(), gap: "interval" };
    // A fall that a rate from the first sample to this one would hide.
    if (isTooSoon || (isFall && !hasFallen(before.sample, sample))) return { rates: new Map(), gap: "reset" };
    const result = this.rates(before.sample, sample, dt / 1000, memory.wide, before.rates, limits);
    if (result.gap === undefined) memory.rates = result.rates;
    return result;
  }

  /** The next rate is measured from here. */
  private begin(key: string, sample: CounterSample, before: Memory | undefined): Memory {
    const wide = before?.wide ?? new Set<string>();
    for (const [field, value] of sample.counters) if (value >= TWO_32) wide.add(field);
    const memory: Memory = { sample, seen: sample, epoch: this.epoch, wide, rates: undefined, still: 0 };
    this.last.set(key, memory);
    return memory;
  }

  private rates(
    before: CounterSample,
    after: CounterSample,
    seconds: number,
    wide: ReadonlySet<string>,
    lastRates: ReadonlyMap<string, number> | undefined,
    limits: RateLimits,
  ): RateResult {
    const rates = new Map<string, number>();
    for (const [field, value] of after.counters) {
      const old = before.counters.get(field);
      if (old === undefined) continue;
      const scale = limits.octets.includes(field) ? 8 : 1;
      let delta = value - old;
      if (delta < 0n) {
        delta += TWO_32;
        const possible =
          limits.counterBits === 32 &&
          !wide.has(field) &&
          old < TWO_32 &&
          old >= TWO_31 &&
          isWrap((Number(delta) * scale) / seconds, seconds, scale, {
            speedBps: limits.speedBps,
            lastRate: lastRates?.get(field),
          });
        if (delta < 0n || !possible) return { rates: new Map(), gap: "reset" };
      }
      const rate = (Number(delta) * scale) / seconds;
      if (scale === 8 && limits.speedBps !== undefined && rate > limits.speedBps * OVER_SPEED)
        return { rates: new Map(), gap: "speed" };
      rates.set(field, rate);
    }
    return { rates };
  }
}

/** A counter went back: it began anew, or came round. */
function hasFallen(before: CounterSample, after: CounterSample): boolean {
  for (const [field, value] of after.counters) {
    const old = before.counters.get(field);
    if (old !== undefined && value < old) return true;
  }
  return false;
}

/**
 * A fall may be a 32-bit wrap [T17]: at the port's speed, and where the counter could have come round more than half way
 * at that speed, only if the port carried about as much before. A reset that passed for a wrap would be a spike.
 */
function isWrap(
  rate: number,
  seconds: number,
  scale: number,
  { speedBps, lastRate }: { speedBps: number | undefined; lastRate: number | undefined },
): boolean {
  // Without a speed no wrapped growth is plausible; packets cannot outrun the bits of the port either.
  if (speedBps === undefined || rate > speedBps * OVER_SPEED) return false;
  if (lastRate !== undefined) return rate <= WRAP_GROWTH * lastRate + speedBps * WRAP_FLOOR;
  return (speedBps * OVER_SPEED * seconds) / scale < HALF_32;
}

/** The box has not counted anew since the sample that rates are measured from, or may not have [T18]. */
function isUnrefreshed(before: Memory, { counters }: CounterSample, dt: number, limits: RateLimits): boolean {
  const { refreshMs, octets } = limits;
  if (refreshMs === undefined) return false;
  if (dt < refreshMs) return true;
  const old = before.sample.counters;
  const busy = octets.some((field) => (before.rates?.get(field) ?? 0) > 0);
  const still = octets.every((field) => counters.get(field) === old.get(field));
  if (!busy || !still || before.still >= MAX_STILL) return false;
  before.still++;
  return true;
}
