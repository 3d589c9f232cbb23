import type { BoundHost, SecretBinding } from "#bridge/types.ts";
import { hostText } from "../connect/bound-way.ts";
import { escapeDeviceText } from "../text/escape-device-text.ts";

/** `at`: where the device is now, as the list says. */
export type DeviceName = { id: string; label: string; at?: BoundHost };

/** The place of a device of the list, as it is now [S67]. */
export const placeAt = ({ id, at }: DeviceName): SecretBinding => ({ kind: "device", device: id, at });

/** The device that the list has elsewhere by now: the entry is not offered there until it is bound anew [S47]. */
export function movedDevice(binding: SecretBinding, devices: readonly DeviceName[]): DeviceName | undefined {
  const device = binding.kind === "device" ? devices.find(({ id }) => id === binding.device) : undefined;
  if (binding.kind !== "device" || device?.at === undefined) return undefined;
  const { at } = binding;
  return at !== undefined && hostText(at) === hostText(device.at) ? undefined : device;
}

/** Where an entry may be used, in words. */
export function bindingText(binding: SecretBinding, devices: readonly DeviceName[]): string {
  if (binding.kind === "device") {
    const known = devices.find(({ id }) => id === binding.device)?.label;
    const label = known === undefined ? "a device that is no longer in the list" : escapeDeviceText(known, 128);
    if (movedDevice(binding, devices) === undefined) return label;
    return `${label}, when it was ${binding.at === undefined ? "at an address that was not noted" : hostText(binding.at)}`;
  }
  const user = binding.user === undefined ? "" : `${binding.user}@`;
  return `${user}${binding.host}${binding.port === undefined ? "" : `:${binding.port}`}`;
}

/** What is wrong with the places; undefined when they can be stored. */
export function bindingsFault(bindings: readonly SecretBinding[]): string | undefined {
  if (bindings.length === 0) return "Say where it may be used.";
  return bindings.some((one) => one.kind === "pattern" && one.host === "")
    ? "A pattern needs a name or address."
    : undefined;
}
