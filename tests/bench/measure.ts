/** What a figure must stay within. Ratios are value / floor of the same run. */
type Target =
  | { kind: "min_ratio" | "max_ratio"; bound: number }
  /** value - floor, in the measure's unit. */
  | { kind: "max_over_floor"; bound: number }
  | { kind: "max_value"; bound: number };

/** One number of the table. */
export type Measure = {
  /** Stable name: the baseline is keyed by it. */
  id: string;
  title: string;
  value: number;
  unit: string;
  better: "higher" | "lower";
  /** The yardstick of the same run; absent where the number stands for itself. */
  floor?: { title: string; value: number } | undefined;
  target?: Target | undefined;
  /** How it was measured, where the title does not say it. */
  note?: string | undefined;
};

export type Verdict = "met" | "missed" | "no target";

/** What is judged and kept: the ratio where there is a floor, else the value. */
export function judgedNumber({ value, floor }: Pick<Measure, "value" | "floor">): number {
  return floor === undefined ? value : value / floor.value;
}

export function verdict(measure: Measure): Verdict {
  const { target, value, floor } = measure;
  if (target === undefined) return "no target";
  return keeps(target, value, floor?.value) ? "met" : "missed";
}

function keeps(target: Target, value: number, floor: number | undefined): boolean {
  if (target.kind === "max_value") return value <= target.bound;
  if (floor === undefined) throw new Error(`a target of kind ${target.kind} needs a floor`);
  switch (target.kind) {
    case "min_ratio":
      return value / floor >= target.bound;
    case "max_ratio":
      return value / floor <= target.bound;
    default:
      return value - floor <= target.bound;
  }
}

/** The target as the table prints it. */
export function targetText({ target, unit }: Measure): string {
  switch (target?.kind) {
    case "min_ratio":
      return `>= ${target.bound} x floor`;
    case "max_ratio":
      return `<= ${target.bound} x floor`;
    case "max_over_floor":
      return `<= floor + ${target.bound} ${unit}`;
    case "max_value":
      return `<= ${target.bound} ${unit}`;
    default:
      return "-";
  }
}
