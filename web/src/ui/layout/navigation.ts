import { useSyncExternalStore } from "react";
import { createStore } from "#pwa/store.ts";

/** What the screen shows: the list of devices, or the workspace of one. */
export type Place = { device: string | null; region: Region };
export type Region = "terminal" | "panels" | "events";

const HOME: Place = { device: null, region: "terminal" };

function isPlace(value: unknown): value is Place {
  if (typeof value !== "object" || value === null) return false;
  const { device, region } = value as Partial<Place>;
  const known = region === "terminal" || region === "panels" || region === "events";
  return known && (device === null || typeof device === "string");
}

const store = createStore<Place>(isPlace(history.state) ? history.state : HOME);

addEventListener("popstate", (event) => store.set(isPlace(event.state) ? event.state : HOME));

/** Goes to a device or home; the system's "back" returns. */
export function goTo(device: string | null): void {
  if (store.get().device === device) return;
  const place: Place = { device, region: "terminal" };
  history.pushState(place, "");
  store.set(place);
}

/** Shows another region on narrow screens; no step of its own for "back". */
export function showRegion(region: Region): void {
  const place = { ...store.get(), region };
  history.replaceState(place, "");
  store.set(place);
}

export const usePlace = (): Place => useSyncExternalStore(store.subscribe, store.get);
