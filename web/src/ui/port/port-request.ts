import { useSyncExternalStore } from "react";
import { createStore } from "#pwa/store.ts";

type Asked = { device: string; port: string };

const asked = createStore<Asked | undefined>(undefined);

/** Opens the card of a port; whatever is open below it stays. */
export const showPort = (device: string, port: string): void => asked.set({ device, port });
export const closePort = (): void => asked.set(undefined);

/** The port of this device whose card is open. */
export function useShownPort(device: string): string | undefined {
  const shown = useSyncExternalStore(asked.subscribe, asked.get);
  return shown?.device === device ? shown.port : undefined;
}
