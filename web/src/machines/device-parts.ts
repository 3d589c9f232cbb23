import type { Down } from "#protocol/down.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";

type DevicesFact = Down<"devices_changed">;

/** The parts of one revision of the device list that came so far, in order. */
export type DeviceParts = { rev: number; of: number; next: number; records: readonly DeviceRecord[] };

/**
 * Takes one message of a device list that may be too long for a message. The list is whole, or what there was stays: a
 * part that does not follow the one before makes the rest of its revision worthless.
 */
export function joinParts(
  held: DeviceParts | undefined,
  fact: DevicesFact,
): { whole: DevicesFact } | { held: DeviceParts | undefined } {
  const { records, rev, part } = fact.payload;
  if (part === undefined) return { whole: fact };
  const { index, of } = part;
  const before = index === 0 ? { rev, of, next: 0, records: [] } : held;
  if (before === undefined || before.rev !== rev || before.of !== of || before.next !== index)
    return { held: undefined };
  const all = [...before.records, ...records];
  if (index + 1 < of) return { held: { rev, of, next: index + 1, records: all } };
  return { whole: { ...fact, payload: { records: all, rev } } };
}
