/** For which names the local CA may speak: what it is made for, and no public site [S30]. */
import { isIP } from "node:net";
import { contains, parseAddress, parseCidr } from "../policy/address.ts";

/** Private, shared, loopback and link-local ranges, which mean nothing outside a site. */
export const PRIVATE_RANGES: readonly string[] = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "fc00::/7",
  "fe80::/10",
  "::1/128",
];

/**
 * The constraints of a CA for these names and addresses. `localhost` is always among them: with no DNS name at all in the
 * list, every DNS name would be permitted.
 */
export function permittedFor(names: readonly string[]): readonly string[] {
  const inside = ["localhost", ...PRIVATE_RANGES];
  const more = names.filter((name) => !isPermitted(name, inside));
  return [
    ...inside,
    ...new Set(more.map((name) => (isIP(name) === 0 ? name : `${name}/${isIP(name) === 4 ? 32 : 128}`))),
  ];
}

/** Whether a name or address is within the constraints, by the rules of RFC 5280: a DNS name permits what is below it. */
export function isPermitted(name: string, permitted: readonly string[]): boolean {
  const address = parseAddress(name);
  if (address === undefined) return permitted.some((one) => name === one || name.endsWith(`.${one}`));
  return permitted.some((one) => {
    const cidr = parseCidr(one);
    return cidr !== undefined && contains(cidr, address);
  });
}
