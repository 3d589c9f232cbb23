import { CLOCK_JUMP_MS } from "#protocol/limits.ts";
import type { HostEnv } from "./host-env.ts";

/** How often the clock is looked at. */
const LOOK_MS = 1_000;

/**
 * Notices that the machine slept, or stood still, with the page in view: browsers tell of no such thing. A timer that rings
 * more than 3 s late is a wake [section 11], and so is a clock that went back as far.
 */
export class WakeWatch {
  readonly #env: Pick<HostEnv, "now" | "setTimeout" | "clearTimeout">;
  readonly #onWake: () => void;
  #timer: number | null = null;

  constructor(env: Pick<HostEnv, "now" | "setTimeout" | "clearTimeout">, onWake: () => void) {
    this.#env = env;
    this.#onWake = onWake;
  }

  start(): void {
    const due = this.#env.now() + LOOK_MS;
    this.#timer = this.#env.setTimeout(() => {
      const off = Math.abs(this.#env.now() - due);
      this.start();
      if (off > CLOCK_JUMP_MS) this.#onWake();
    }, LOOK_MS);
  }

  stop(): void {
    if (this.#timer !== null) this.#env.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
