import { useSyncExternalStore } from "react";
import { createStore } from "#pwa/store.ts";
import { SIGNAL_CHANNELS, SIGNAL_LEVELS, type SignalChannel, type SignalLevel, USUAL } from "./signal-levels.ts";

type Cell = `${SignalLevel}.${SignalChannel}`;

/** What a device's signals differ in; `quiet_until` in epoch milliseconds. */
export type DeviceSignals = { quiet_until?: number; cells: Readonly<Partial<Record<Cell, boolean>>> };

/** How this tablet may call for attention; kept per client, not synced [U81]. Each channel is off until it is asked for. */
export type SignalPreferences = Readonly<Record<SignalChannel, boolean>> & {
  readonly devices: Readonly<Record<string, DeviceSignals>>;
};

const KEY = "rackside.signals";
const DEFAULTS: SignalPreferences = { vibration: false, sound: false, notification: false, devices: {} };
const NO_DEVICE: DeviceSignals = { cells: {} };
/** Devices that are remembered; a list that grows for ever would fill the storage of a shared tablet. */
const DEVICES_MAX = 200;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function readDevice(stored: unknown): DeviceSignals {
  if (!isRecord(stored)) return NO_DEVICE;
  const given = isRecord(stored.cells) ? stored.cells : {};
  const cells: Partial<Record<Cell, boolean>> = {};
  for (const level of SIGNAL_LEVELS) {
    for (const channel of SIGNAL_CHANNELS) {
      const value = given[`${level}.${channel}`];
      if (typeof value === "boolean") cells[`${level}.${channel}`] = value;
    }
  }
  return typeof stored.quiet_until === "number" ? { quiet_until: stored.quiet_until, cells } : { cells };
}

/** Preferences from stored text; what does not fit becomes its default. */
export function readSignals(text: string | null): SignalPreferences {
  try {
    const stored: unknown = text === null ? {} : JSON.parse(text);
    if (!isRecord(stored)) return DEFAULTS;
    const devices = Object.entries(isRecord(stored.devices) ? stored.devices : {}).slice(-DEVICES_MAX);
    return {
      vibration: stored.vibration === true,
      sound: stored.sound === true,
      notification: stored.notification === true,
      devices: Object.fromEntries(devices.map(([id, value]) => [id, readDevice(value)])),
    };
  } catch {
    return DEFAULTS;
  }
}

function load(): SignalPreferences {
  try {
    return readSignals(globalThis.localStorage?.getItem(KEY) ?? null);
  } catch {
    // A browser that refuses its storage: the choices hold for this page.
    return DEFAULTS;
  }
}

const store = createStore<SignalPreferences>(load());

export function setSignals(change: Partial<SignalPreferences>): void {
  store.set({ ...store.get(), ...change });
  try {
    globalThis.localStorage?.setItem(KEY, JSON.stringify(store.get()));
  } catch {
    // Full or refused: the choice holds until the page goes.
  }
}

export const deviceSignals = (all: SignalPreferences, device: string): DeviceSignals =>
  all.devices[device] ?? NO_DEVICE;

export function setDeviceSignals(device: string, change: DeviceSignals): void {
  const { [device]: _, ...others } = store.get().devices;
  setSignals({ devices: { ...others, [device]: change } });
}

/** Whether a level may use a channel for a device, were it not quiet [U71]. */
export const isOn = (all: SignalPreferences, device: string, level: SignalLevel, channel: SignalChannel): boolean =>
  deviceSignals(all, device).cells[`${level}.${channel}`] ?? USUAL[level][channel];

export const isQuiet = (all: SignalPreferences, device: string, now: number): boolean =>
  (deviceSignals(all, device).quiet_until ?? 0) > now;

export const signalPreferences = store.get;
export const useSignals = (): SignalPreferences => useSyncExternalStore(store.subscribe, store.get);
