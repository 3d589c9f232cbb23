import { SIGNAL_LEVELS, type Signal, type SignalLevel } from "./signal-levels.ts";
import { isOn, isQuiet, type SignalPreferences } from "./signal-preferences.ts";

/** At most one sound, and one vibration, in this time [U73]. */
export const EVERY_MS = 10_000;
/** Lines of one notification; the rest is a number. */
const LINES = 3;

/** What the tablet is to do. `tag`: a later notification with the same one takes its place, so that a kind is one [U73]. */
export type SignalAct =
  | { do: "sound"; level: SignalLevel }
  | { do: "vibrate"; level: SignalLevel }
  | { do: "notify"; device: string; level: SignalLevel; tag: string; count: number; lines: readonly string[] };

type Group = { count: number; lines: string[] };
type Paced = { lastAt: number; waits: SignalLevel | undefined };
const paced = (): Paced => ({ lastAt: Number.NEGATIVE_INFINITY, waits: undefined });

const worse = (a: SignalLevel, b: SignalLevel): SignalLevel =>
  SIGNAL_LEVELS.indexOf(a) <= SIGNAL_LEVELS.indexOf(b) ? a : b;

/**
 * Decides what sounds, shakes and notifies [U71] [U73]. Pure but for what it remembers. A sound that came too early waits
 * for its time, the worst of those that did, so that something critical is never lost behind a change.
 */
export class SignalPlan {
  readonly #sound = paced();
  readonly #shake = paced();
  readonly #groups = new Map<string, Group>();

  take(signals: readonly Signal[], preferences: SignalPreferences, now: number, hidden: boolean): SignalAct[] {
    const heard = signals.filter(({ device }) => !isQuiet(preferences, device, now));
    const acts: SignalAct[] = [];
    const touched = new Map<string, Signal>();
    for (const signal of heard) {
      const { device, level, text } = signal;
      if (preferences.sound && isOn(preferences, device, level, "sound")) want(this.#sound, level);
      if (preferences.vibration && isOn(preferences, device, level, "vibration")) want(this.#shake, level);
      if (!hidden || !preferences.notification || !isOn(preferences, device, level, "notification")) continue;
      const tag = `${device}/${level}`;
      const group = this.#groups.get(tag) ?? { count: 0, lines: [] };
      group.count++;
      group.lines = [text, ...group.lines].slice(0, LINES);
      this.#groups.set(tag, group);
      touched.set(tag, signal);
    }
    for (const [tag, { device, level }] of touched) {
      const { count, lines } = this.#groups.get(tag) ?? { count: 0, lines: [] };
      acts.push({ do: "notify", device, level, tag, count, lines });
    }
    return [...this.due(now), ...acts];
  }

  /** What had to wait and may come now. */
  due(now: number): SignalAct[] {
    const acts: SignalAct[] = [];
    const sound = release(this.#sound, now);
    if (sound !== undefined) acts.push({ do: "sound", level: sound });
    const shake = release(this.#shake, now);
    if (shake !== undefined) acts.push({ do: "vibrate", level: shake });
    return acts;
  }

  /** When something that waits is due, epoch milliseconds. */
  get nextDue(): number | undefined {
    const times = [this.#sound, this.#shake].flatMap(({ waits, lastAt }) =>
      waits === undefined ? [] : [lastAt + EVERY_MS],
    );
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** The person looks at the page: what was told is read, and counting begins anew. */
  seen(): void {
    this.#groups.clear();
  }
}

function want(paced: Paced, level: SignalLevel): void {
  paced.waits = paced.waits === undefined ? level : worse(paced.waits, level);
}

function release(paced: Paced, now: number): SignalLevel | undefined {
  if (paced.waits === undefined || now - paced.lastAt < EVERY_MS) return undefined;
  const level = paced.waits;
  paced.waits = undefined;
  paced.lastAt = now;
  return level;
}
