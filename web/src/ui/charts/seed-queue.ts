import type { HistoryRange, Result } from "#bridge/types.ts";

/** Rows of a table mount in one frame: their questions go together, milliseconds. */
const TOGETHER_MS = 50;
/** Series that the worker answers for in one question. */
const SERIES_MAX = 16;

type Ask = (device: string, series: readonly string[]) => Promise<Result<HistoryRange[]>>;
type Waiting = { device: string; series: readonly string[]; done: (ranges: HistoryRange[]) => void };

/** Collects the questions of many small charts into few. */
export class SeedQueue {
  readonly #ask: Ask;
  readonly #later: (run: () => void, ms: number) => void;
  #waiting: Waiting[] = [];

  constructor(ask: Ask, later: (run: () => void, ms: number) => void) {
    this.#ask = ask;
    this.#later = later;
  }

  /** The past of these series, in their order; nothing where it cannot be read: the chart then begins with the present. */
  past(device: string, series: readonly string[]): Promise<HistoryRange[]> {
    return new Promise((done) => {
      this.#waiting.push({ device, series, done });
      if (this.#waiting.length === 1) this.#later(() => void this.#send(), TOGETHER_MS);
    });
  }

  async #send(): Promise<void> {
    let rest = this.#waiting.splice(0);
    while (rest.length > 0) {
      const { device } = rest[0] as Waiting;
      const batch: Waiting[] = [];
      let size = 0;
      const left: Waiting[] = [];
      for (const one of rest) {
        const fits = one.device === device && (batch.length === 0 || size + one.series.length <= SERIES_MAX);
        (fits ? batch : left).push(one);
        if (fits) size += one.series.length;
      }
      rest = left;
      const result = await this.#ask(
        device,
        batch.flatMap(({ series }) => series),
      );
      const ranges = result.ok ? (result.value ?? []) : [];
      for (const { series, done } of batch)
        done(series.flatMap((name) => ranges.find((range) => range.series === name) ?? []));
    }
  }
}
