import { type CollectorCommand, type CollectorStats, DUTY_CAP_PCT } from "#telemetry/knowledge/collector-data.ts";
import { msText } from "../format/times.ts";
import type { Tone } from "../primitives/chip.tsx";
import type { IconName } from "../primitives/icon.tsx";

/** What the load guard does, as shape, word and sentence [T61]. */
export type GuardWords = { icon: IconName; tone: Tone; word: string; sentence: string };

/** Ways to the device's command line. */
const CHANNELS: Readonly<Record<string, string>> = {
  shell: "Shell",
  shell_pty: "Shell with a terminal",
  exec: "One command at a time",
};
export const channelWord = (transport: string): string => CHANNELS[transport] ?? transport;

const GUARD: Record<CollectorStats["guard"], GuardWords> = {
  normal: { icon: "ok", tone: "ok", word: "Normal", sentence: "The device is asked as often as was chosen." },
  throttled: {
    icon: "warn",
    tone: "warn",
    word: "Throttled",
    sentence: "The device's processor is busy: it is asked less often.",
  },
  paused: { icon: "pause", tone: "stale", word: "Paused", sentence: "Nothing is sent until telemetry is resumed." },
  backing_off: {
    icon: "warn",
    tone: "warn",
    word: "Backing off",
    sentence: "Commands had no answer: they rest, the others go on.",
  },
  suspended: {
    icon: "pause",
    tone: "warn",
    word: "Suspended",
    sentence: "Nothing is sent while the connection is away.",
  },
};

export function guardWords({ guard }: Pick<CollectorStats, "guard">): GuardWords {
  return GUARD[guard];
}

/** The limit in force, and until when: the first minute has another one than consent tells of all others [T53]. */
export function capText(cap: number): string {
  const { first_minute, usual, typing } = DUTY_CAP_PCT;
  if (cap === first_minute) return `Limit ${cap} % in the first minute, ${usual} % after it: the full bar`;
  if (cap === typing) return `Limit ${cap} % while the terminal’s echo is slow, else ${usual} %: the full bar`;
  return `Limit ${cap.toFixed(cap < 10 ? 1 : 0)} %: the full bar`;
}

/** What consent is asked for, of the same limits [S59] [T53]. */
export const SHARE_ASKED = `At most ${DUTY_CAP_PCT.usual} % of the device’s time, ${DUTY_CAP_PCT.first_minute} % in the first minute while panels fill; one command at a time, less when its CPU is busy.`;

/** The command that is sent next, and in how many milliseconds; undefined while nothing is due. */
export function nextCommand(
  commands: readonly CollectorCommand[],
  now: number,
): { command: string; inMs: number } | undefined {
  const due = commands.flatMap(({ command, next_due }) => (next_due === undefined ? [] : [{ command, next_due }]));
  const [first] = due.toSorted((a, b) => a.next_due - b.next_due);
  return first === undefined ? undefined : { command: first.command, inMs: Math.max(0, first.next_due - now) };
}

export function nextText(inMs: number): string {
  return inMs < 1_000 ? "now" : `in ${msText(Math.round(inMs / 1_000) * 1_000)}`;
}

/** What a command takes of the device's time: `cost_ms` in each `interval_ms`, in percent. */
export type CommandShare = {
  command: CollectorCommand;
  pct: number /** Of the largest share, 0 to 100. */;
  bar: number;
};

/** Commands by their share of time, largest first; those that were not measured yet come last. */
export function commandShares(commands: readonly CollectorCommand[]): CommandShare[] {
  const pctOf = ({ cost_ms, last_ms, interval_ms }: CollectorCommand): number => {
    const cost = cost_ms ?? last_ms;
    return cost === undefined || interval_ms === undefined || interval_ms <= 0 ? 0 : (100 * cost) / interval_ms;
  };
  const shares = commands.map((command) => ({ command, pct: pctOf(command) }));
  const most = Math.max(...shares.map(({ pct }) => pct), 0);
  return shares
    .map((share) => ({ ...share, bar: most === 0 ? 0 : (100 * share.pct) / most }))
    .toSorted((a, b) => b.pct - a.pct);
}

/** Why a command is not asked as often as its panel wants. */
const STATE: Readonly<Record<string, string>> = {
  demoted: "asked less often: it costs much",
  suspended: "rests after two without an answer",
  hung: "rests: it had no answer",
};

/** How a command went so far, in words; nothing for one that only went well. */
export function troubleText({ errors, timeouts, unparsed = 0, state }: CollectorCommand): string | undefined {
  const parts = [
    errors > 0 ? `${errors} ${errors === 1 ? "error" : "errors"}` : "",
    timeouts > 0 ? `${timeouts} ${timeouts === 1 ? "timeout" : "timeouts"}` : "",
    unparsed > 0 ? `${unparsed} lines not understood` : "",
    state === undefined ? "" : (STATE[state] ?? state),
  ].filter((part) => part !== "");
  return parts.length === 0 ? undefined : parts.join(", ");
}
