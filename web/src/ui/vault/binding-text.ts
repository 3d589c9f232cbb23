import type { SecretBinding } from "#bridge/types.ts";

export type DeviceName = { id: string; label: string };

/** Where an entry may be used, in words. */
export function bindingText(binding: SecretBinding, devices: readonly DeviceName[]): string {
  if (binding.kind === "device") {
    return devices.find(({ id }) => id === binding.device)?.label ?? "a device that is no longer in the list";
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
