import type { HostEnv } from "./host-env.ts";

/**
 * From the start, milliseconds: the first screen is shown and used by then, and the code is there before a person has
 * chosen a device and logged in.
 */
export const PREFETCH_MS = 5_000;

/**
 * Code of the worker that the first screen does without: what reads devices, and what keeps readings. It is loaded when a
 * device is opened or a session comes back, and at the latest after {@link PREFETCH_MS}. A load that failed is told where
 * it matters, and tried again by whoever needs it.
 */
export class LaterCode {
  readonly #env: Pick<HostEnv, "setTimeout" | "clearTimeout">;
  readonly #loads: readonly (() => Promise<unknown>)[];
  #timer: number | null = null;
  #done = false;

  constructor(env: Pick<HostEnv, "setTimeout" | "clearTimeout">, loads: readonly (() => Promise<unknown>)[]) {
    this.#env = env;
    this.#loads = loads;
  }

  /** The first screen is on its way. */
  start(): void {
    if (this.#done) return;
    this.#timer ??= this.#env.setTimeout(() => this.need(), PREFETCH_MS);
  }

  /** Somebody will need it soon. */
  need(): void {
    this.stop();
    if (this.#done) return;
    this.#done = true;
    for (const load of this.#loads) void load().catch(() => undefined);
  }

  stop(): void {
    if (this.#timer !== null) this.#env.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
