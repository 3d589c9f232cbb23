import type { DeviceRecord, ErrorPayload, KeyDatesView, SeenDates } from "#bridge/types.ts";

/** `isDevice` false: it is a jump host of the device's way. */
export type KeyPlace = { host: string; port: number; isDevice: boolean };
export type ChangedKey = KeyPlace & { keys: NonNullable<ErrorPayload["host_keys"]> };

/** The host that an error about a key is of. */
export function placeOfKey({ hop }: ErrorPayload, { target }: DeviceRecord): KeyPlace {
  const at = hop ?? target.via.length;
  const { host, port } = target.via[at] ?? target;
  return { host, port, isDevice: at >= target.via.length };
}

/** When this tablet met the key at this place [S48]. */
export function datesOf(dates: KeyDatesView | undefined, place: KeyPlace, sha256: string): SeenDates | undefined {
  return dates?.[`[${place.host}]:${place.port} ${sha256}`];
}

/** The changed key that an error is about, as far as it may be replaced: never one that is marked as revoked [S48]. */
export function changedKeyOf(error: ErrorPayload | undefined, record: DeviceRecord): ChangedKey | undefined {
  if (error?.code !== "host_key_changed" || error.reason !== undefined || error.host_keys === undefined)
    return undefined;
  return { ...placeOfKey(error, record), keys: error.host_keys };
}
