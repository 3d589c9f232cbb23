import type {
  DeviceRecord,
  ErrorPayload,
  HostKey,
  HostPinsView,
  HostPlace,
  KeyDatesView,
  SeenDates,
} from "#bridge/types.ts";

/** `isDevice` false: it is a jump host of the device's way. */
export type KeyPlace = HostPlace & { isDevice: boolean };
export type ChangedKey = KeyPlace & { keys: NonNullable<ErrorPayload["host_keys"]> };

/** The host that an error about a key is of. */
export function placeOfKey({ hop }: ErrorPayload, { target }: DeviceRecord): KeyPlace {
  const at = hop ?? target.via.length;
  const { host, port } = target.via[at] ?? target;
  const via = target.via.slice(0, at).map((hop) => ({ host: hop.host, port: hop.port }));
  return { host, port, via, isDevice: at >= target.via.length };
}

/** A device with the jump hosts before it. */
export function placeOfTarget({ host, port, via }: HostPlace): HostPlace {
  return { host, port, via: via.map((hop) => ({ host: hop.host, port: hop.port })) };
}

/** The host keys that this tablet trusts at the place [S44]. */
export function pinsOf(pins: HostPinsView | undefined, { host, port, via }: HostPlace): readonly HostKey[] {
  const [direct, ...path] = [{ host, port }, ...via].map((one) => `[${one.host}]:${one.port}`);
  return pins?.[path.length === 0 ? `${direct}` : `${direct} via ${path.join(" ")}`] ?? [];
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
