import type { DeviceRecord, ErrorPayload } from "#bridge/types.ts";

export type ChangedKey = {
  host: string;
  port: number;
  /** False: it is a jump host of the device's way. */
  isDevice: boolean;
  keys: NonNullable<ErrorPayload["host_keys"]>;
};

/** The changed key that an error is about, as far as it may be replaced: never one that is marked as revoked [S48]. */
export function changedKeyOf(error: ErrorPayload | undefined, { target }: DeviceRecord): ChangedKey | undefined {
  if (error?.code !== "host_key_changed" || error.reason !== undefined || error.host_keys === undefined)
    return undefined;
  const hop = error.hop ?? target.via.length;
  const { host, port } = target.via[hop] ?? target;
  return { host, port, isDevice: hop >= target.via.length, keys: error.host_keys };
}
