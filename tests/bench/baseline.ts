import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Machine, sameMachine } from "./machine.ts";
import { judgedNumber, type Measure } from "./measure.ts";

/** Below the bundle's folder, .cache/bench, lies the root by two. */
const FOLDER = resolve(import.meta.dirname, "../../tests/bench");
const BASELINE = resolve(FOLDER, "baseline.json");
const LAST = resolve(FOLDER, "last.json");
/** Worse than the baseline by more than this must be explained or mended (quality, section 3). */
const REGRESSION_SHARE = 0.2;

type Kept = { value: number; unit: string; ratio?: number | undefined; better: Measure["better"] };
/** Short and full runs are kept apart: less data gives other ratios. */
export type Mode = "short" | "full";
export type StoredRun = { date: string; machine: Machine; figures: Record<string, Kept> };
type Baseline = Partial<Record<Mode, StoredRun>>;

type Regression = { id: string; before: number; now: number; worseBy: number };
export type Comparison = { date: string; sameMachine: boolean; compared: number; regressions: Regression[] };

async function readBaseline(): Promise<Baseline> {
  return existsSync(BASELINE) ? (JSON.parse(await readFile(BASELINE, "utf8")) as Baseline) : {};
}

const round = (value: number): number => Number(value.toPrecision(4));

function keep(measure: Measure): Kept {
  const ratio = measure.floor === undefined ? undefined : round(judgedNumber(measure));
  return { value: round(measure.value), unit: measure.unit, ratio, better: measure.better };
}

/** Compares with the stored run of the same mode, or gives undefined when there is none. */
export async function compare(
  mode: Mode,
  machine: Machine,
  measures: readonly Measure[],
): Promise<Comparison | undefined> {
  const stored = (await readBaseline())[mode];
  return stored && compareWith(stored, machine, measures);
}

/** What is worse than in a stored run. On another machine only figures that have a floor are compared. */
export function compareWith(stored: StoredRun, machine: Machine, measures: readonly Measure[]): Comparison {
  const same = sameMachine(stored.machine, machine);
  const regressions: Regression[] = [];
  let compared = 0;
  for (const measure of measures) {
    const before = storedNumber(stored.figures[measure.id], measure, same);
    if (before === undefined) continue;
    compared++;
    const now = judgedNumber(measure);
    const worseBy = measure.better === "higher" ? before / now - 1 : now / before - 1;
    if (worseBy > REGRESSION_SHARE) regressions.push({ id: measure.id, before, now, worseBy });
  }
  return { date: stored.date, sameMachine: same, compared, regressions };
}

function storedNumber(kept: Kept | undefined, { floor }: Measure, same: boolean): number | undefined {
  if (floor !== undefined) return kept?.ratio;
  return same ? kept?.value : undefined;
}

/** Stores this run's figures; those that were not measured now stay when the machine is the same. */
export async function store(mode: Mode, machine: Machine, measures: readonly Measure[]): Promise<void> {
  const baseline = await readBaseline();
  const before = baseline[mode];
  const stay = before !== undefined && sameMachine(before.machine, machine) ? before.figures : {};
  const figures = { ...stay, ...Object.fromEntries(measures.map((measure) => [measure.id, keep(measure)])) };
  baseline[mode] = { date: today(), machine, figures };
  await writeFile(BASELINE, `${JSON.stringify(baseline, null, 2)}\n`);
}

export async function writeLast(report: unknown): Promise<void> {
  await writeFile(LAST, `${JSON.stringify(report, null, 2)}\n`);
}

export const today = (): string => new Date().toISOString().slice(0, 10);
