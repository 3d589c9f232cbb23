import type { HistoryRange } from "#bridge/types.ts";
import type { Unit } from "#telemetry/knowledge/field-defs.ts";
import { threeDigits } from "../format/numbers.ts";
import { valueText } from "../format/value-text.ts";
import type { Reference } from "./chart-spec.ts";

/** How the numbers beside the y axis are written: each divided by `factor`, in a unit that is said once [T84]. */
export type AxisUnit = { factor: number; label: string };

const PREFIXES = ["", "k", "M", "G", "T", "P"] as const;
const SCALED: Partial<Record<Unit, string>> = { bps: "b/s", pps: "packets/s" };
const PLAIN: Partial<Record<Unit, string>> = {
  pct: "%",
  per_s: "per second",
  celsius: "°C",
  watt: "W",
  dbm: "dBm",
  rpm: "rpm",
};

/** One unit for all lines of a chart, chosen by the largest value that is drawn. */
export function axisUnit(unit: Unit, largest: number): AxisUnit {
  const base = SCALED[unit];
  if (base === undefined) return { factor: 1, label: PLAIN[unit] ?? "" };
  const step = Math.min(PREFIXES.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, Math.abs(largest))) / 3)));
  return { factor: 1_000 ** step, label: `${PREFIXES[step]}${base}` };
}

/** A number beside the axis: no more digits than tell it from its neighbours. */
export function tickText(value: number, { factor }: AxisUnit): string {
  if (value === 0) return "0";
  const shown = value / factor;
  const text = Math.abs(shown) >= 1_000 ? shown.toFixed(0) : threeDigits(shown);
  return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}

/** What lies between the lines and their reference in one picture: at least so much of it they must fill. */
const WORTH_SHARE = 0.2;
const HEADROOM = 1.08;

export type AxisRange = {
  low: number;
  high: number;
  /** References that lie outside: they are told in words. */
  beyond: Reference[];
};

/**
 * From where to where the y axis goes. Shares and rates begin at 0. A reference is drawn when the lines still fill a fifth
 * of the picture with it, or always when `whole`; else it is told [T84].
 */
export function axisRange(
  ranges: readonly HistoryRange[],
  references: readonly Reference[],
  unit: Unit,
  whole: boolean,
): AxisRange {
  const values = ranges.flatMap(({ points }) => points.flatMap(({ min, max }) => [min, max]));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (values.length === 0) return { low: 0, high: 1, beyond: [] };
  if (unit === "pct" && least >= 0 && most <= 100) return { low: 0, high: 100, beyond: [] };
  if (least < 0 || unit === "dbm") return belowZero(least, most, references);
  const drawn = references.filter(({ value }) => whole || value <= most || most >= value * WORTH_SHARE);
  const high = Math.max(most, ...drawn.map(({ value }) => value)) * HEADROOM;
  return { low: 0, high: high > 0 ? high : 1, beyond: references.filter((one) => !drawn.includes(one)) };
}

/** Light and the like: the picture is as high as the values and their limits, with room around. */
function belowZero(least: number, most: number, references: readonly Reference[]): AxisRange {
  const all = [least, most, ...references.map(({ value }) => value)];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = Math.max(1, (high - low) * 0.1);
  return { low: low - room, high: high + room, beyond: [] };
}

/** A value of a line in words, as tables have it. */
export const sayValue = (value: number, unit: Unit): string => valueText(rounded(value), unit, 0)?.text ?? "";
/** As it is, for the place where the exact value is shown. */
export const sayExact = (value: number, unit: Unit): string => valueText(rounded(value), unit, 0)?.exact ?? "";

/** Averages have more digits than they know. */
const rounded = (value: number): number => (Number.isInteger(value) ? value : Number(value.toPrecision(6)));
