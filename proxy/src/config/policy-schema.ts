/** Rules of the target policy as they are written in the configuration file [S34] [S39]. */
import * as v from "valibot";
import { parseCidr } from "../policy/address.ts";
import type { PolicyRule, PortRange, ViaHost } from "../target-policy.ts";

const CIDR_TEXT = "must be an address or a network such as 192.0.2.0/24 or fd00::/8";
const PORT_TEXT = 'must be a port (22) or a range of ports ("8000-8022")';
const NAME = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;
const USER = v.pipe(v.string("must be text"), v.minLength(1, "must not be empty"), v.maxLength(128));
/** fe80::/10: the same address is another box on every interface [S35]. */
const LINK_LOCAL = parseCidr("fe80::/10");

const CidrText = v.pipe(
  v.string("must be text"),
  v.check((text) => parseCidr(text) !== undefined, CIDR_TEXT),
  v.check((text) => hasZone(text), "a link-local address needs its interface: fe80::1%eth0"),
);
const HostName = v.pipe(
  v.string("must be text"),
  v.regex(NAME, "must be the exact name of a host"),
  v.check((text) => !/^(\d+|0x[0-9a-f]*)$/i.test(text.split(".").at(-1) ?? ""), "must be a name, not an address"),
);
const ViaText = v.pipe(
  v.string("must be text"),
  v.check((text) => parseCidr(text) !== undefined || NAME.test(text), "must be the address or name of a jump host"),
);
const TargetPort = v.union(
  [
    v.pipe(v.number(), v.integer(PORT_TEXT), v.minValue(1, PORT_TEXT), v.maxValue(65_535, PORT_TEXT)),
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,4}-[1-9]\d{0,4}$/, PORT_TEXT),
      v.check((text) => {
        const [from = 0, to = 0] = text.split("-").map(Number);
        return from <= to && to <= 65_535;
      }, PORT_TEXT),
    ),
  ],
  PORT_TEXT,
);

export const Rule = v.pipe(
  v.strictObject({
    cidr: v.optional(CidrText),
    /** Exact name that a jump host resolves; the proxy cannot check what it leads to, so it needs `via` [S39]. */
    name: v.optional(HostName),
    ports: v.pipe(v.array(TargetPort, "must be a list of ports"), v.minLength(1, "must name at least one port")),
    users: v.optional(v.pipe(v.array(USER, "must be a list of users"), v.minLength(1, "must name a user"))),
    via: v.optional(v.pipe(v.array(ViaText, "must be a list of jump hosts"), v.minLength(1, "must name a jump host"))),
    label: v.optional(v.string("must be text")),
  }),
  v.check(({ cidr, name }) => (cidr === undefined) !== (name === undefined), "must have either cidr or name"),
  v.check(
    ({ name, via }) => name === undefined || via !== undefined,
    "a rule by name needs via: a jump host resolves it",
  ),
);
/** A name in `via` would be evaded by the address of the same jump host, or by another of its names. */
export const DenyRule = v.pipe(
  Rule,
  v.check(
    ({ via = [] }) => via.every((text) => parseCidr(text) !== undefined),
    "must name its jump hosts by address: by another name the same one would pass",
  ),
);
type RuleValues = v.InferOutput<typeof Rule>;

/** True for all but IPv6 link-local addresses without an interface. */
function hasZone(text: string): boolean {
  const cidr = parseCidr(text);
  if (cidr?.v !== 6 || LINK_LOCAL === undefined || cidr.zone !== undefined) return true;
  return cidr.prefix < LINK_LOCAL.prefix || cidr.bits >> 118n !== LINK_LOCAL.bits >> 118n;
}

function portsOf(ports: RuleValues["ports"]): PortRange[] {
  return ports.map((port) => {
    if (typeof port === "number") return { from: port, to: port };
    const [from = 0, to = 0] = port.split("-").map(Number);
    return { from, to };
  });
}

function viaOf(text: string): ViaHost {
  const cidr = parseCidr(text);
  return cidr === undefined ? { name: text.toLowerCase() } : { cidr };
}

/** Rules as the decision takes them; the schema has checked every text. */
export function rulesOf(rules: readonly RuleValues[]): PolicyRule[] {
  return rules.map(({ cidr, name, ports, users, via, label }) => ({
    ...(cidr === undefined ? {} : { cidr: parseCidr(cidr) }),
    ...(name === undefined ? {} : { name: name.toLowerCase() }),
    ports: portsOf(ports),
    ...(users === undefined ? {} : { users }),
    ...(via === undefined ? {} : { via: via.map(viaOf) }),
    ...(label === undefined ? {} : { label }),
  }));
}
