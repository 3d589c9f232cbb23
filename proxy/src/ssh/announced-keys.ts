/** Keys that a host announces after the login, as far as it proved that it holds them [S50]. */
import type { HostKey } from "#protocol/messages/target.ts";
import { ALGORITHM_SETS } from "./algorithms.ts";
import { hostKeyOf } from "./host-key.ts";

/** Keys of one announcement that are asked about; a host has one of each type. */
export const ANNOUNCED_KEYS_MAX = 8;

/** Types that some set of ours would take from a host. */
const TYPES = new Set(
  ALGORITHM_SETS.legacy.serverHostKey.map((name) => (name.startsWith("rsa-sha2-") ? "ssh-rsa" : name)),
);

/** As stores know them; what is not a key that we would take is left out. */
export function announcedKeys(blobs: readonly Buffer[]): readonly HostKey[] {
  return blobs.slice(0, ANNOUNCED_KEYS_MAX).flatMap((blob) => {
    const key = hostKeyOf(blob);
    return key === undefined || !TYPES.has(key.type) ? [] : [key];
  });
}
