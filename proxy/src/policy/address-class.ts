import { type Address, type Cidr, contains, parseCidr } from "./address.ts";

function cidr(text: string): Cidr {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new Error(`bad constant ${text}`);
  return parsed;
}

/** Address classes that no general rule opens: only a rule naming the exact address does [S35]. */
const CLASSES: readonly (readonly [string, readonly Cidr[]])[] = [
  ["cloud metadata", [cidr("169.254.169.254/32"), cidr("fd00:ec2::254/128")]],
  ["loopback", [cidr("127.0.0.0/8"), cidr("::1/128")]],
  ["unspecified", [cidr("0.0.0.0/8"), cidr("::/128")]],
  ["link-local", [cidr("169.254.0.0/16"), cidr("fe80::/10")]],
  ["multicast", [cidr("224.0.0.0/4"), cidr("ff00::/8")]],
  ["broadcast", [cidr("255.255.255.255/32")]],
];

/** Class of an address that is always denied, or undefined. `own`: addresses of the proxy's host. */
export function deniedClass(address: Address, own: readonly Address[]): string | undefined {
  const plain: Address = { v: address.v, bits: address.bits };
  const found = CLASSES.find(([, ranges]) => ranges.some((range) => contains(range, plain)));
  if (found !== undefined) return found[0];
  return own.some((mine) => mine.v === address.v && mine.bits === address.bits) ? "address of the proxy" : undefined;
}
