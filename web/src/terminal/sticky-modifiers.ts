import type { Modifiers } from "./keys.ts";

/** Second tap within this time locks the modifier [U17]. */
const DOUBLE_TAP_MS = 400;
/** A one-shot modifier that nobody used is dropped after this [U17]. */
export const ONE_SHOT_MS = 10_000;

export type ModifierName = keyof Modifiers;
/** `once`: for the next key; `locked`: until tapped again. */
export type ModifierState = "off" | "once" | "locked";

type Slot = { state: ModifierState; since: number };
/** State of the bar's modifiers; times in milliseconds of any steady clock. */
export type StickyModifiers = Readonly<Record<ModifierName, Readonly<Slot>>>;

const OFF: Slot = { state: "off", since: 0 };
/** All modifiers off. */
export const NO_MODIFIERS: StickyModifiers = { ctrl: OFF, alt: OFF, shift: OFF };

function current(slot: Slot, now: number): ModifierState {
  return slot.state === "once" && now - slot.since >= ONE_SHOT_MS ? "off" : slot.state;
}

/** A tap on a modifier: off, once, locked by a second tap within 400 ms, off again [U17]. */
export function tapModifier(all: StickyModifiers, name: ModifierName, now: number): StickyModifiers {
  const slot = all[name];
  const state = current(slot, now);
  if (state === "off") return { ...all, [name]: { state: "once", since: now } };
  if (state === "once" && now - slot.since < DOUBLE_TAP_MS) return { ...all, [name]: { state: "locked", since: now } };
  return { ...all, [name]: OFF };
}

/** The modifiers in force. */
export function activeModifiers(all: StickyModifiers, now: number): Modifiers {
  return {
    ctrl: current(all.ctrl, now) !== "off",
    alt: current(all.alt, now) !== "off",
    shift: current(all.shift, now) !== "off",
  };
}

/** What each modifier's key shows. */
export function modifierStates(all: StickyModifiers, now: number): Record<ModifierName, ModifierState> {
  return { ctrl: current(all.ctrl, now), alt: current(all.alt, now), shift: current(all.shift, now) };
}

/** After a key: one-shot modifiers are used up, locked ones stay. */
export function afterKey(all: StickyModifiers): StickyModifiers {
  const used = (slot: Slot) => (slot.state === "once" ? OFF : slot);
  return { ctrl: used(all.ctrl), alt: used(all.alt), shift: used(all.shift) };
}

/** When the next one-shot expires; undefined when none is on. */
export function nextExpiry(all: StickyModifiers): number | undefined {
  const times = Object.values(all)
    .filter((slot) => slot.state === "once")
    .map((slot) => slot.since + ONE_SHOT_MS);
  return times.length === 0 ? undefined : Math.min(...times);
}
