import type { Tone } from "../primitives/chip.tsx";
import type { IconName } from "../primitives/icon.tsx";

/** Limits as the device states them; each may be absent. */
export type Limits = {
  readonly [K in "hi_alarm" | "hi_warn" | "lo_warn" | "lo_alarm"]?: number | undefined;
};
/** Where a value stands among the device's own limits, in per cent of the scale's length. */
export type LimitScale = {
  at: number;
  marks: readonly { at: number; limit: keyof Limits; value: number }[];
  tone: Tone;
  icon: IconName;
  word: string;
};

/** Room beyond the outermost limit, as a share of their distance. */
const MARGIN = 0.12;
const ORDER = ["lo_alarm", "lo_warn", "hi_warn", "hi_alarm"] as const;

/** The scale of a value; nothing without limits of the device, since then nothing says what is good [T89]. */
export function limitScale(value: number, limits: Limits | undefined): LimitScale | undefined {
  const known = ORDER.flatMap((limit) => {
    const at = limits?.[limit];
    return at === undefined || !Number.isFinite(at) ? [] : [{ limit, value: at }];
  });
  if (known.length === 0) return undefined;
  const values = [...known.map((one) => one.value), value];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (high - low) * MARGIN || 1;
  const place = (one: number): number => (100 * (one - low + room)) / (high - low + 2 * room);
  return {
    at: place(value),
    marks: known.map((one) => ({ ...one, at: place(one.value) })),
    ...judged(value, limits ?? {}),
  };
}

function judged(
  value: number,
  { hi_alarm, hi_warn, lo_warn, lo_alarm }: Limits,
): Pick<LimitScale, "tone" | "icon" | "word"> {
  if (hi_alarm !== undefined && value >= hi_alarm)
    return { tone: "crit", icon: "key_stop", word: "above the alarm limit" };
  if (lo_alarm !== undefined && value <= lo_alarm)
    return { tone: "crit", icon: "key_stop", word: "below the alarm limit" };
  if (hi_warn !== undefined && value >= hi_warn) return { tone: "warn", icon: "warn", word: "above the warning limit" };
  if (lo_warn !== undefined && value <= lo_warn) return { tone: "warn", icon: "warn", word: "below the warning limit" };
  return { tone: "ok", icon: "check", word: "within the device's limits" };
}
