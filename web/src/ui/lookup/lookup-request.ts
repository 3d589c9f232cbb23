import { useSyncExternalStore } from "react";
import { createStore } from "#pwa/store.ts";

/** What was asked for: a lookup, with what is in its field, or a whole table. */
export type AskedLookup = { device: string; query?: string } | AskedTable;
/** `find`: what its filter says at first. */
type AskedTable = { device: string; table: "routes" | "arp" | "mac"; find?: string };

const asked = createStore<AskedLookup | undefined>(undefined);

export const showLookup = (device: string, query?: string): void =>
  asked.set({ device, ...(query === undefined ? {} : { query }) });
export const showWholeTable = (device: string, table: AskedTable["table"], find?: string): void =>
  asked.set({ device, table, ...(find === undefined ? {} : { find }) });
export const closeLookup = (): void => asked.set(undefined);

/** What of this device is asked for at present. */
export function useAskedLookup(device: string): AskedLookup | undefined {
  const shown = useSyncExternalStore(asked.subscribe, asked.get);
  return shown?.device === device ? shown : undefined;
}
