/** Size must have been still for this long [U34]. */
export const QUIET_MS = 150;
/** Between two sizes sent [U34]. */
export const BETWEEN_MS = 500;
/** Smallest grid: below it devices draw nonsense [U35]. */
const MIN_COLS = 40;
const MIN_ROWS = 10;
/** Largest grid that a device is told. */
const MAX_COLS = 512;
const MAX_ROWS = 300;

export type FitDeps = {
  /** Runs later; returns the way to cancel. */
  schedule(ms: number, run: () => void): () => void;
  now(): number;
  /** Fits now; false when there was nothing to fit (hidden, unmeasured). */
  fit(): boolean;
};

/** The proposed grid, never below 40x10 [U35]; undefined when the host was not measured: it is hidden or empty. */
export function clampGrid(proposed: { cols: number; rows: number } | undefined): Grid | undefined {
  if (proposed === undefined || !Number.isFinite(proposed.cols) || !Number.isFinite(proposed.rows)) return undefined;
  return {
    cols: Math.max(MIN_COLS, Math.min(MAX_COLS, Math.floor(proposed.cols))),
    rows: Math.max(MIN_ROWS, Math.min(MAX_ROWS, Math.floor(proposed.rows))),
  };
}

/** Size of a terminal in cells. */
export type Grid = { cols: number; rows: number };

/** Decides when a terminal is fitted: after 150 ms of quiet, at most every 500 ms, never while held [U34]. */
export class FitScheduler {
  readonly #deps: FitDeps;
  #cancel: (() => void) | undefined;
  #lastFit = Number.NEGATIVE_INFINITY;
  #held = 0;
  #wanted = false;

  constructor(deps: FitDeps) {
    this.#deps = deps;
  }

  /** The host's size may have changed. */
  request(): void {
    this.#wanted = true;
    if (this.#held > 0) return;
    this.#cancel?.();
    const wait = Math.max(QUIET_MS, this.#lastFit + BETWEEN_MS - this.#deps.now());
    this.#cancel = this.#deps.schedule(wait, () => this.#run());
  }

  /** No fit until {@link release}: a pinch, a drag, a replay is under way. */
  hold(): void {
    this.#held++;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  release(): void {
    this.#held = Math.max(0, this.#held - 1);
    if (this.#held === 0 && this.#wanted) this.request();
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#wanted = false;
  }

  #run(): void {
    this.#cancel = undefined;
    this.#wanted = false;
    if (this.#deps.fit()) this.#lastFit = this.#deps.now();
  }
}
