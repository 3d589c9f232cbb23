import type { DeviceRecord } from "#protocol/messages/devices.ts";
import { randomId } from "./wire-pairing.ts";

/** A new device at an address, as a form without further choices makes it; telemetry is off. */
export function deviceRecord(
  { host, port, user }: { host: string; port: number; user: string },
  changes: Partial<DeviceRecord> = {},
): DeviceRecord {
  return {
    id: randomId(),
    label: "host",
    target: { host, port, user, via: [] },
    algorithms: "modern",
    keepalive: "off",
    grace_s: 900,
    telemetry: "off",
    pins: [],
    ...changes,
  };
}
