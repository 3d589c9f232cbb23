import { formatAddress, parseAddress } from "./policy/address.ts";

/** Bits of an IPv6 address that its owner chooses: one machine has all of them. */
const HOST_BITS = 64n;

/** Whom a rate is counted for: an IPv4 address, or the network that one IPv6 machine can take addresses from [S23]. */
export function rateKey(address: string): string {
  const parsed = parseAddress(address);
  if (parsed === undefined) return "unknown";
  if (parsed.v === 4) return formatAddress(parsed);
  return formatAddress({ v: 6, bits: (parsed.bits >> HOST_BITS) << HOST_BITS });
}
