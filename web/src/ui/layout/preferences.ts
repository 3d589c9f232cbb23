import { useSyncExternalStore } from "react";
import { createStore } from "#pwa/store.ts";
import { clampSplit, type SplitClass } from "./split-ratio.ts";

/** What belongs to this tablet and is not synced [U81]. No secrets: it lies in localStorage. */
export type Preferences = {
  textScale: 0.9 | 1 | 1.15 | 1.3;
  density: "comfortable" | "compact" | "two-metre";
  hand: "right" | "left";
  wakeLock: boolean;
  effects: boolean;
  split: Readonly<Partial<Record<SplitClass, number>>>;
  /** A session was live here once: then installing may be offered [U94]. */
  hadSession: boolean;
  installHintSeen: boolean;
  /** Last theme, so that a start has the right colours before the worker answers. */
  theme: string;
};

const KEY = "rackside.preferences";
const DEFAULTS: Preferences = {
  textScale: 1,
  density: "comfortable",
  hand: "right",
  wakeLock: true,
  effects: true,
  split: {},
  hadSession: false,
  installHintSeen: false,
  theme: "dark",
};

const oneOf = <T>(value: unknown, allowed: readonly T[], otherwise: T): T =>
  allowed.includes(value as T) ? (value as T) : otherwise;
const flag = (value: unknown, otherwise: boolean): boolean => (typeof value === "boolean" ? value : otherwise);

/** Preferences from stored text; whatever does not fit becomes its default, so that old or damaged data never stops a start. */
export function readPreferences(text: string | null): Preferences {
  let stored: Record<string, unknown> = {};
  try {
    const parsed: unknown = text === null ? {} : JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null) stored = parsed as Record<string, unknown>;
  } catch {
    return DEFAULTS;
  }
  const split: Partial<Record<SplitClass, number>> = {};
  const ratios = (typeof stored.split === "object" && stored.split !== null ? stored.split : {}) as Record<
    string,
    unknown
  >;
  for (const of of ["portrait", "landscape", "desktop"] as const) {
    const ratio = ratios[of];
    if (typeof ratio === "number") split[of] = clampSplit(of, ratio);
  }
  return {
    textScale: oneOf(stored.textScale, [0.9, 1, 1.15, 1.3] as const, DEFAULTS.textScale),
    density: oneOf(stored.density, ["comfortable", "compact", "two-metre"] as const, DEFAULTS.density),
    hand: oneOf(stored.hand, ["right", "left"] as const, DEFAULTS.hand),
    wakeLock: flag(stored.wakeLock, DEFAULTS.wakeLock),
    effects: flag(stored.effects, DEFAULTS.effects),
    split,
    hadSession: flag(stored.hadSession, false),
    installHintSeen: flag(stored.installHintSeen, false),
    theme: typeof stored.theme === "string" ? stored.theme.slice(0, 64) : DEFAULTS.theme,
  };
}

/** localStorage where the browser gives it: private windows may refuse. */
function storage(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}

function load(): Preferences {
  try {
    return readPreferences(storage()?.getItem(KEY) ?? null);
  } catch {
    return DEFAULTS;
  }
}

const store = createStore<Preferences>(load());

/** Changes some preferences; a refusal of the storage keeps them for this page only. */
export function setPreferences(change: Partial<Preferences>): void {
  store.set({ ...store.get(), ...change });
  try {
    storage()?.setItem(KEY, JSON.stringify(store.get()));
  } catch {
    // Full or refused: the choice holds until the page goes.
  }
}

export const preferences = store.get;
export const usePreferences = (): Preferences => useSyncExternalStore(store.subscribe, store.get);
