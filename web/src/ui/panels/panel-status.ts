import type { PanelReading, Status } from "#bridge/types.ts";
import type { Tone } from "../primitives/chip.tsx";
import type { IconName } from "../primitives/icon.tsx";

/** State of a panel as shape, word and colour role [T28] [U75]. */
export type PanelStatusLook = { icon: IconName; word: string; tone: Tone };

const LOOKS: Record<Status, PanelStatusLook> = {
  pending: { icon: "busy", word: "waiting", tone: "info" },
  ok: { icon: "check", word: "ok", tone: "ok" },
  partial: { icon: "warn", word: "partial", tone: "warn" },
  stale: { icon: "clock", word: "stale", tone: "stale" },
  error: { icon: "error", word: "error", tone: "crit" },
  unsupported: { icon: "unsupported", word: "not offered", tone: "unknown" },
  denied: { icon: "denied", word: "denied", tone: "warn" },
  gated: { icon: "gated", word: "locked", tone: "warn" },
};

const REASONS: Record<NonNullable<PanelReading["reason"]>, string> = {
  timeout: "The command did not finish in time.",
  truncated: "The answer was cut off; an incomplete answer is never read.",
  parse: "The answer was not understood. The raw text is kept.",
  overflow: "The answer was larger than the limit.",
  gap: "Part of the answer was lost on the way.",
  damaged: "Something else was printed into the answer.",
  paused: "Telemetry is paused.",
  throttled: "The device is busy, so this is asked less often.",
  suspended: "The connection to the device is away. These values were read before.",
  kept: "Kept from an earlier run; nothing was asked since.",
  no_permission: "This user may not run the command.",
  feature_off: "The device does not run this feature.",
  limit: "A limit of the load guard holds it back.",
  needs_user: "The device asks something that a person has to answer.",
  prompt: "The device's prompt was not recognised.",
};

export const statusLook = (status: Status): PanelStatusLook => LOOKS[status];

/** Why a reading is not ok, in a sentence; a reason that this version does not know is named as it is [S98]. */
export function reasonText(reason: string | undefined): string | undefined {
  if (reason === undefined) return undefined;
  return Object.hasOwn(REASONS, reason) ? REASONS[reason as keyof typeof REASONS] : `Reason: ${reason}.`;
}

/** Reasons that name the connection themselves. */
const ABOUT_CONNECTION: ReadonlySet<string> = new Set(["suspended", "kept"]);

/** Why a panel shows what it shows: old values over a connection that is away say so first, whatever held back the last poll. */
export function whyText(reading: PanelReading | undefined, connected: boolean): string | undefined {
  const reason = reasonText(reading?.reason);
  if (connected || reading?.data === undefined) return reason;
  const { status } = reading;
  if (status !== "ok" && status !== "partial" && status !== "stale") return reason;
  return reading.reason !== undefined && ABOUT_CONNECTION.has(reading.reason) ? reason : REASONS.suspended;
}

/** What a state means that says nothing more about itself. */
const STATES: Partial<Record<Status, string>> = {
  error: "The last poll failed.",
  unsupported: "This device does not offer it.",
  denied: "This user may not see it.",
  gated: "It is locked.",
};

/** The line under a panel: why it is not ok, or what it waits for; undefined when its data speak for themselves. */
export function panelNote(reading: PanelReading | undefined, connected: boolean): string | undefined {
  const why = whyText(reading, connected);
  const hint = reading?.hint;
  if (reading?.data !== undefined) return why === undefined || hint === undefined ? why : `${why} ${hint}`;
  const known = [why, hint].filter((part) => part !== undefined).join(" ");
  if (known !== "") return known;
  const state = reading === undefined ? undefined : STATES[reading.status];
  return state ?? (connected ? "Waiting for the first answer." : "Nothing was received yet.");
}

/** Intervals after which data that nobody refreshed counts as old, whatever was last said about it. */
const OVERDUE_FACTOR = 3;
/** Small intervals are not worth an alarm: a slow poll is no stale panel. */
const OVERDUE_MIN_MS = 20_000;

/** Age of the data now: views go on counting between updates. */
export const ageNow = (reading: PanelReading, now: number): number => Math.max(0, now - reading.ts);

/** What to show for a reading: offline, or long overdue, makes `ok` and `partial` stale; nothing ever gets better. */
export function effectiveStatus(reading: PanelReading, now: number, connected: boolean): Status {
  const { status, interval_ms: interval } = reading;
  if (status !== "ok" && status !== "partial") return status;
  if (!connected) return "stale";
  const limit = interval === undefined ? undefined : Math.max(OVERDUE_MIN_MS, OVERDUE_FACTOR * interval);
  return limit !== undefined && ageNow(reading, now) > limit ? "stale" : status;
}
