import type { CollectorEvent } from "#telemetry/collector.ts";
import type { HostEnv } from "./host-env.ts";
import { CLOCK_MOVED_MS } from "./steady-clock.ts";

type ClockEnv = Pick<HostEnv, "now" | "steady" | "putForward" | "setTimeout" | "clearTimeout">;

/** What a collector's times are taken from [T15]: a clock that nobody sets back, how the time of day moves against it, one timer. */
export class TelemetryClock {
  readonly #env: ClockEnv;
  #ahead = 0;
  #forward = 0;
  #timer: number | null = null;

  constructor(env: ClockEnv) {
    this.#env = env;
    this.#forward = env.putForward();
  }

  /** The time of events. */
  now(): number {
    return this.#env.steady();
  }

  /** A new collector takes both clocks for one. */
  begin(): number {
    this.#ahead = 0;
    this.#forward = this.#env.putForward();
    return this.now();
  }

  /** To be told before anything else that happens, when a clock was set or the machine slept. */
  moved(): CollectorEvent | undefined {
    const at = this.now();
    const jumped = this.#env.putForward() - this.#forward;
    const ahead = this.#env.now() - at;
    const parted = Math.abs(ahead - this.#ahead) >= CLOCK_MOVED_MS;
    if (jumped === 0 && !parted) return undefined;
    this.#forward += jumped;
    if (parted) this.#ahead = ahead;
    return { type: "clock", ahead: this.#ahead, jumped, at };
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
