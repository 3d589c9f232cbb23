import type { LayoutClass } from "./layout-class.ts";

/** Share of the first region in percent: the terminal beside the panels, the panels above the terminal. */
export type SplitClass = Exclude<LayoutClass, "phone">;

type Range = { initial: number; min: number; max: number };
/**
 * Defaults and bounds (section 1 of the tablet design): below `min` the region would not show a usable row. Upright, less
 * than 45 % for the panels leaves the table of interfaces without a row on a tablet of 820 x 1180; across, less than 62 %
 * for the terminal gives a tablet of 1180 px fewer than the 80 columns that devices write for.
 */
const RANGES: Record<SplitClass, Range> = {
  portrait: { initial: 45, min: 0, max: 60 },
  landscape: { initial: 63, min: 30, max: 80 },
  desktop: { initial: 56, min: 25, max: 85 },
};

export const splitRange = (of: SplitClass): Range => RANGES[of];

/** Keeps a ratio inside its bounds; whatever is not a number becomes the default. */
export function clampSplit(of: SplitClass, percent: number): number {
  const { initial, min, max } = RANGES[of];
  return Number.isFinite(percent) ? Math.min(max, Math.max(min, percent)) : initial;
}
