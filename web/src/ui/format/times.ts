const S = 1_000;
const MIN = 60 * S;
const HOUR = 60 * MIN;
const DAY = 24 * HOUR;

const two = (value: number): string => String(value).padStart(2, "0");

/** A length of time in its two largest units: `12d 4h`, `3h 05m`, `4m 12s`, `12s`. */
export function durationText(seconds: number): string {
  const sign = seconds < 0 ? "−" : "";
  const all = Math.floor(Math.abs(seconds));
  const [days, hours, minutes, rest] = [
    Math.floor(all / 86_400),
    Math.floor((all % 86_400) / 3_600),
    Math.floor((all % 3_600) / 60),
    all % 60,
  ] as const;
  if (days > 0) return `${sign}${days}d ${hours}h`;
  if (hours > 0) return `${sign}${hours}h ${two(minutes)}m`;
  if (minutes > 0) return `${sign}${minutes}m ${two(rest)}s`;
  return `${sign}${rest}s`;
}

/** How old something is, in one unit, for a label that counts on: `now`, `12 s`, `4 min`, `3 h`, `2 d`. */
export function ageText(ageMs: number): string {
  if (ageMs < 1_500) return "now";
  if (ageMs < MIN) return `${Math.round(ageMs / S)} s`;
  if (ageMs < HOUR) return `${Math.floor(ageMs / MIN)} min`;
  if (ageMs < 2 * DAY) return `${Math.floor(ageMs / HOUR)} h`;
  return `${Math.floor(ageMs / DAY)} d`;
}

/** As {@link ageText} in a sentence: `now` or `12 s ago`. */
export function agoText(ageMs: number): string {
  const age = ageText(ageMs);
  return age === "now" ? age : `${age} ago`;
}

/** Milliseconds of a measured time: `34 ms`, `2.1 s`. */
export function msText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return durationText(ms / 1_000);
}

/** Local wall-clock time; with the date when it is not the day of `now`. */
export function clockText(at: number, now: number): string {
  const time = new Date(at);
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  if (time.toDateString() === new Date(now).toDateString()) return clock;
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${clock}`;
}

/** Exact instant with offset, for the place where the full value is shown. */
export function exactTime(at: number): string {
  return Number.isFinite(at) && Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : String(at);
}
