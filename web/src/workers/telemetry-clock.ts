import type { CollectorEvent } from "#telemetry/collector.ts";
import type { HostEnv } from "./host-env.ts";

/** Clocks that part by less are one: they are corrected a little all the time. */
const CLOCK_MOVED_MS = 1_000;

/** What a collector's times are taken from [T15]: a clock that nobody sets, how the time of day moves against it, one timer. */
export class TelemetryClock {
  readonly #env: Pick<HostEnv, "now" | "steady" | "setTimeout" | "clearTimeout">;
  #ahead = 0;
  #timer: number | null = null;

  constructor(env: Pick<HostEnv, "now" | "steady" | "setTimeout" | "clearTimeout">) {
    this.#env = env;
  }

  /** The time of events. */
  now(): number {
    return this.#env.steady();
  }

  /** A new collector takes both clocks for one. */
  begin(): number {
    this.#ahead = 0;
    return this.now();
  }

  /** To be told before anything else that happens, when the clocks have parted, or parted further. */
  moved(): CollectorEvent | undefined {
    const at = this.now();
    const ahead = this.#env.now() - at;
    if (Math.abs(ahead - this.#ahead) < CLOCK_MOVED_MS) return undefined;
    this.#ahead = ahead;
    return { type: "clock", ahead, at };
  }

  /** Rings once at a time of events, instead of what was set before; Infinity: not at all. */
  ringAt(at: number, run: () => void): void {
    if (this.#timer !== null) this.#env.clearTimeout(this.#timer);
    this.#timer = null;
    if (!Number.isFinite(at)) return;
    const ms = Math.max(0, at - this.now());
    this.#timer = this.#env.setTimeout(() => {
      this.#timer = null;
      run();
    }, ms);
  }
}
