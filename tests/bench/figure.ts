import type { ToolName } from "#support/find-tools.ts";
import type { Measure } from "./measure.ts";

/** Things that are started at most once and closed after the last figure. */
export interface BenchContext {
  readonly short: boolean;
  /** Starts `make` on first use; `close` runs when the bench ends, the latest first. */
  shared<T extends { close(): Promise<void> }>(name: string, make: () => Promise<T>): Promise<T>;
  /** Something for the person who waits; not part of the result. */
  say(line: string): void;
}

/** One line of the table in quality.md, or several that come from one set-up. */
export type Figure = {
  /** What `--only` takes. */
  name: string;
  title: string;
  /** Missing ones skip the figure with a line. */
  needs: readonly ToolName[];
  run(context: BenchContext): Promise<Measure[]>;
};
