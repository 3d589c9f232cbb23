/** Clocks that part by less are one: they are corrected a little all the time, milliseconds. */
export const CLOCK_MOVED_MS = 1_000;

/**
 * A clock for differences of times that nobody sets back [T15]. The browser's own stands on some machines while they sleep,
 * and what was read before an hour of sleep is an hour old: so it is put forward whenever the time of day goes ahead of it.
 * Somebody may have set that one, which looks the same: whoever makes rates asks for {@link putForward}.
 */
export class SteadyClock {
  readonly #timeOfDay: () => number;
  readonly #running: () => number;
  #forward = 0;
  /** How far the time of day is ahead since it was set back: zero or less. */
  #ahead = 0;

  /** `timeOfDay`: epoch milliseconds; `running`: goes forward alone, and may stand during sleep. */
  constructor(timeOfDay: () => number, running: () => number) {
    this.#timeOfDay = timeOfDay;
    this.#running = running;
  }

  /** Milliseconds; at the beginning the time of day. */
  readonly read = (): number => {
    const at = this.#running() + this.#forward;
    const moved = this.#timeOfDay() - at - this.#ahead;
    if (moved <= -CLOCK_MOVED_MS) this.#ahead += moved;
    if (moved < CLOCK_MOVED_MS) return at;
    this.#forward += moved;
    return at + moved;
  };

  /** By how much it was put forward in all, milliseconds. */
  readonly putForward = (): number => {
    this.read();
    return this.#forward;
  };
}
