/** When an answer came, and whether it is about pinned ports only, which are asked more often than the rest. */
export type AnswerTime = { ts: number; pinned: boolean };

type Row = Record<string, unknown>;

/** A state, its word and its cause are of one time: with one of them the others are another's, too. */
const TOLD_TOGETHER: ReadonlySet<string> = new Set(["oper", "oper_raw", "reason"]);

/** From which answer each field of each row is; kept only where a pinned port's answer may overtake another. */
export class RowTimes {
  private readonly times: readonly AnswerTime[];
  private readonly sources = new Map<Row, Map<string, number>>();

  constructor(times: readonly AnswerTime[]) {
    this.times = times;
  }

  /** The fields of a new row are from answer `index`. */
  began(row: Row, index: number): void {
    this.sources.set(row, new Map(Object.keys(row).map((name) => [name, index])));
  }

  /**
   * Takes over into `had` what it does not say yet. Between a pinned port's own answer and another one the fresher wins,
   * in either order; else what is there stays.
   */
  merge(had: Row, row: Row, index: number): void {
    const sources = this.sources.get(had) ?? new Map<string, number>();
    this.sources.set(had, sources);
    const state = [...TOLD_TOGETHER].find((name) => Object.hasOwn(had, name));
    const order = state === undefined ? 0 : this.compare(index, sources.get(state));
    const told = ["oper", "oper_raw"].some((name) => Object.hasOwn(row, name));
    if (told && order > 0) for (const name of TOLD_TOGETHER) delete had[name];
    for (const [name, value] of Object.entries(row)) {
      const isHad = Object.hasOwn(had, name);
      if (isHad ? this.compare(index, sources.get(name)) <= 0 : order < 0 && TOLD_TOGETHER.has(name)) continue;
      had[name] = value;
      sources.set(name, index);
    }
  }

  /** Above 0: answer `a` overtakes answer `b`; below: the other way; 0: their order in the pack decides. */
  private compare(a: number, b: number | undefined): number {
    const [now, had] = [this.times[a], b === undefined ? undefined : this.times[b]];
    return now && had && now.pinned !== had.pinned ? now.ts - had.ts : 0;
  }
}
