import type { ViewKey, Views } from "#machines/views.ts";
import type { ChangeEvent } from "#telemetry/changes/change.ts";
import { TIER_MS } from "#telemetry/plan/plan-state.ts";
import { DEFAULT_LIMITS } from "#telemetry/transcript/limits.ts";
import type { HostRig, RigDevice } from "./host-rig.ts";

/** Long measurements, for the nightly tier: `RACKSIDE_LAB=long`. */
export const LONG = process.env.RACKSIDE_LAB === "long";

/** Intervals of the fast profile, as a share of the usual ones [T51]. */
const FAST = 0.5;

/** Longest that something may take to show under the fast profile: one interval of its tier, and the limit of a command. */
export function showsWithin(tier: keyof typeof TIER_MS): number {
  return TIER_MS[tier] * FAST + DEFAULT_LIMITS.wholeMs;
}

/** A figure of this run, for whoever reads the log. */
export function note(text: string): void {
  process.stdout.write(`lab: ${text}\n`);
}

/** Resolves with the view, and how long it took, as soon as the condition holds; rejects with the view as it then is. */
export function seen<K extends ViewKey>(
  rig: HostRig,
  key: K,
  holds: (view: Views[K]) => boolean,
  what: string,
  withinMs: number,
): Promise<{ view: Views[K]; ms: number }> {
  const from = Date.now();
  const actor = rig.page.bridge.view(key);
  return new Promise((resolve, reject) => {
    const look = (view: Views[K] | undefined): void => {
      if (view === undefined || !holds(view)) return;
      clearTimeout(late);
      subscription?.unsubscribe();
      resolve({ view, ms: Date.now() - from });
    };
    const late = setTimeout(() => {
      subscription?.unsubscribe();
      const is = JSON.stringify(rig.page.view(key))?.slice(0, 4_000);
      reject(new Error(`${what}: not within ${withinMs} ms; ${key} is ${is}`));
    }, withinMs);
    let subscription: { unsubscribe(): void } | undefined;
    subscription = actor.subscribe(look);
    look(actor.getSnapshot());
  });
}

/** The event in a device's change strip, once it is there. */
export async function changed(
  rig: HostRig,
  device: RigDevice,
  since: number,
  is: (event: ChangeEvent) => boolean,
  what: string,
  withinMs: number,
): Promise<ChangeEvent> {
  const key = `changes:${device.id}` as const;
  const fits = (event: ChangeEvent): boolean => event.at >= since && is(event);
  const { view } = await seen(rig, key, ({ events }) => events.some(fits), `change strip: ${what}`, withinMs);
  const event = view.events.find(fits);
  if (event === undefined) throw new Error(what);
  note(`${what}: in the change strip ${((Date.now() - since) / 1_000).toFixed(1)} s after the fault`);
  return event;
}
