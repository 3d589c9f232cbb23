import { array, integer } from "fast-check";

const word = integer({ min: 0, max: 0xffff_ffff });

/** A schedule: the setup, then one word per operation. */
export const WORDS = array(word, { minLength: 20, maxLength: 160, size: "max" });

/** RACKSIDE_SCHEDULES, or 20,000, which take about 40 s on two free cores. */
export function schedulesToRun(): number {
  const wanted = Number(process.env.RACKSIDE_SCHEDULES ?? 20_000);
  return Number.isInteger(wanted) && wanted >= 1_000 ? wanted : 20_000;
}
