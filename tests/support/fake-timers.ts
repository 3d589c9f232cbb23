import { SteadyClock } from "#workers/steady-clock.ts";

/** Time that moves only when a test moves it; for code that gets its clock and timers from its environment. */
export class ManualTime {
  #now: number;
  #next = 1;
  readonly #timers = new Map<number, { at: number; run: () => void }>();

  constructor(now = 1_000_000) {
    this.#now = now;
  }

  /** How far somebody set the clock ahead, or back; timers do not notice. */
  setMs = 0;
  readonly #clock = new SteadyClock(
    () => this.now(),
    () => this.#now,
  );

  /** The time of day. */
  readonly now = (): number => this.#now + this.setMs;

  /** What nobody sets back. */
  readonly steady = this.#clock.read;
  readonly putForward = this.#clock.putForward;

  readonly setTimeout = (run: () => void, ms: number): number => {
    const id = this.#next++;
    this.#timers.set(id, { at: this.#now + ms, run });
    return id;
  };

  readonly clearTimeout = (id: number): void => {
    this.#timers.delete(id);
  };

  /** Timers that would still ring. */
  get pending(): number {
    return this.#timers.size;
  }

  /** The clock moves on, and nothing rings: the machine sleeps, or the event loop stands still. */
  sleep(ms: number): void {
    this.#now += ms;
  }

  /** Moves on by `ms` and rings what is due, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
      if (due === undefined) break;
      const [id, { at, run }] = due;
      this.#timers.delete(id);
      this.#now = Math.max(this.#now, at);
      run();
    }
    this.#now = end;
  }
}
