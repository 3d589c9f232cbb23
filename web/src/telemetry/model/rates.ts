/** One sample of an entity's counters at a receive time. */
export type CounterSample = { at: number; counters: ReadonlyMap<string, bigint> };

/** What may be believed about the time between two samples. */
export type RateLimits = {
  /** Speed of the port in bits per second, when it is known. */
  speedBps?: number | undefined;
  /** Samples further apart give no rate. */
  maxDtMs: number;
  /** Fields that hold octets: their rate times eight is compared with the speed. */
  octets: readonly string[];
};

/** Rates per second; `gap` says why there are none [T16]. */
export type RateResult = {
  rates: Map<string, number>;
  gap?: "first" | "interval" | "reset" | "speed" | "epoch" | "too_soon";
};

/** Two samples closer than this say nothing about a rate [T15]. */
const MIN_DT_MS = 500;
const TWO_32 = 2n ** 32n;
/** A rate above this share of the speed is a misreading, not traffic [T16]. */
const OVER_SPEED = 1.1;

type Memory = { sample: CounterSample; epoch: number; wide: Set<string> };

/**
 * Rates from pairs of samples by receive time [T15]-[T17]: a fall is a wrap only for a counter that never passed 2^32 and
 * when the wrapped growth fits the port's speed; everything else that breaks continuity is a gap, never a spike.
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
    const dt = before ? sample.at - before.sample.at : 0;
    if (before && before.epoch === this.epoch && dt >= 0 && dt < MIN_DT_MS)
      return { rates: new Map(), gap: "too_soon" };
    const wide = before?.wide ?? new Set<string>();
    for (const [field, value] of sample.counters) if (value >= TWO_32) wide.add(field);
    this.last.set(key, { sample, epoch: this.epoch, wide });
    if (!before) return { rates: new Map(), gap: "first" };
    if (before.epoch !== this.epoch) return { rates: new Map(), gap: "epoch" };
    if (dt < 0 || dt > limits.maxDtMs) return { rates: new Map(), gap: "interval" };
    return this.rates(before.sample, sample, dt / 1000, wide, limits);
  }

  private rates(
    before: CounterSample,
    after: CounterSample,
    seconds: number,
    wide: ReadonlySet<string>,
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
        const wrapped = (Number(delta) * scale) / seconds;
        // Without a speed no wrapped growth is plausible; packets cannot outrun the bits of the port either.
        const possible =
          limits.speedBps !== undefined && !wide.has(field) && old < TWO_32 && wrapped <= limits.speedBps * OVER_SPEED;
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
