const UNIT_S: Record<string, number> = { y: 31_536_000, w: 604_800, d: 86_400, h: 3_600, m: 60, s: 1 };
/** Words of long forms; months are left out on purpose: no device prints them and `m` means minutes. */
const WORD_UNITS: [RegExp, keyof typeof UNIT_S][] = [
  [/^years?$|^yrs?$/, "y"],
  [/^weeks?$|^wks?$/, "w"],
  [/^days?$/, "d"],
  [/^hours?$|^hrs?$/, "h"],
  [/^min(?:ute)?s?$/, "m"],
  [/^sec(?:ond)?s?$/, "s"],
];

/**
 * Seconds of a duration as network gear prints it: `2 years, 31 weeks, 6 days`, `1y2w`, `3d04h`, `00:12:33`, `1d02:03:04`,
 * `12.5s`. Words for "never" and anything else give nothing.
 */
export function durationSeconds(text: string | undefined): number | undefined {
  const trimmed = text?.trim().toLowerCase();
  if (!trimmed) return undefined;
  return clock(trimmed) ?? compact(trimmed) ?? words(trimmed);
}

function clock(text: string): number | undefined {
  const found = /^(?:(\d+)d)?(\d{1,5}):(\d{2}):(\d{2})(?:\.\d+)?$/.exec(text);
  if (!found) return undefined;
  const [, days = "0", hours, minutes, seconds] = found;
  return Number(days) * 86_400 + Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
}

function compact(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?[ywdhms])+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)([ywdhms])/g))
    total += Number(amount) * (UNIT_S[unit ?? ""] ?? 0);
  return total;
}

function words(text: string): number | undefined {
  const parts = text.split(/[,\s]+/).filter((part) => part !== "and" && part !== "");
  if (parts.length === 0 || parts.length % 2 !== 0) return undefined;
  let total = 0;
  for (let i = 0; i < parts.length; i += 2) {
    const unit = WORD_UNITS.find(([re]) => re.test(parts[i + 1] ?? ""));
    if (!unit || !/^\d+$/.test(parts[i] ?? "")) return undefined;
    total += Number(parts[i]) * (UNIT_S[unit[1]] ?? 0);
  }
  return total;
}
