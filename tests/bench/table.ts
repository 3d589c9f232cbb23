import type { Comparison } from "./baseline.ts";
import type { Machine } from "./machine.ts";
import { judgedNumber, type Measure, targetText, verdict } from "./measure.ts";

const MARK = { met: "ok", missed: "MISSED", "no target": "" } as const;

function number(value: number): string {
  if (value >= 1_000) return value.toFixed(0);
  return value >= 100 ? value.toFixed(1) : value.toPrecision(3);
}

/** The figures as text, one line each. */
export function printTable(measures: readonly Measure[]): string {
  const head = ["figure", "value", "floor or peer", "ratio", "target", ""];
  const rows = measures.map((measure) => [
    measure.title,
    `${number(measure.value)} ${measure.unit}`,
    measure.floor === undefined ? "-" : `${number(measure.floor.value)} (${measure.floor.title})`,
    measure.floor === undefined ? "-" : number(judgedNumber(measure)),
    targetText(measure),
    MARK[verdict(measure)],
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const notes = measures.flatMap(({ title, note }) => (note === undefined ? [] : [`  ${title}: ${note}`]));
  return [line(head), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(line), "", ...notes].join("\n");
}

export function machineText({ cpu, cores, node, chromium, openssh }: Machine): string {
  return `${cpu}, ${cores} cores, Node ${node}, Chromium ${chromium}, ${openssh}`;
}

export function comparisonText(comparison: Comparison | undefined): string {
  if (comparison === undefined) return "no baseline of this kind of run: --store keeps this one";
  const { date, sameMachine, compared, regressions } = comparison;
  const against = `baseline of ${date}${sameMachine ? "" : " (another machine: ratios only)"}`;
  if (regressions.length === 0)
    return `${compared} figures compared with the ${against}: none is worse by more than 20 %`;
  const lines = regressions.map(
    ({ id, before, now, worseBy }) =>
      `  REGRESSION ${id}: ${number(before)} -> ${number(now)} (${Math.round(worseBy * 100)} % worse)`,
  );
  return [`compared with the ${against}:`, ...lines].join("\n");
}
