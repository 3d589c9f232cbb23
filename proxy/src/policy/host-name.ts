import { type Address, formatAddress, parseAddress } from "./address.ts";

/** A literal address as OpenSSH and people write it: IPv6 with its longest run of zeros left out. */
function shortAddress(address: Address): string {
  if (address.v === 4) return formatAddress(address);
  const { hostname } = new URL(`http://[${formatAddress({ v: 6, bits: address.bits })}]`);
  return `${hostname.slice(1, -1)}${address.zone === undefined ? "" : `%${address.zone}`}`;
}

/**
 * One name for a host, however it is spelled: what is remembered or counted by host goes by it. Literal addresses are
 * reduced as for the policy [S36], without brackets; names are in lower case, without the dot at their end.
 */
export function hostName(host: string): string {
  const bare = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  const literal = parseAddress(bare);
  return literal === undefined ? host.toLowerCase().replace(/\.$/, "") : shortAddress(literal);
}
