/** A lost context is rebuilt after this [U67]. */
export const REBUILD_MS = 1_000;
/** This many losses within the window, and the terminal stays with DOM [U67]. */
const LOSSES_MAX = 3;
export const LOSSES_WINDOW_MS = 60_000;

/** Counts lost WebGL contexts. */
export class ContextLosses {
  #times: number[] = [];

  /** A context was lost at `now` (ms): `rebuild` after a second, or `give-up`. */
  lost(now: number): "rebuild" | "give-up" {
    this.#times = [...this.#times.filter((time) => now - time < LOSSES_WINDOW_MS), now];
    return this.#times.length >= LOSSES_MAX ? "give-up" : "rebuild";
  }
}
