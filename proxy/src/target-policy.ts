/** Where the proxy may connect to: one pure decision, deny by default [S34] to [S37], [S40]. */
import {
  type Address,
  type Cidr,
  contains,
  formatAddress,
  isExact,
  parseAddress,
  parseCidr,
} from "./policy/address.ts";
import { deniedClass } from "./policy/address-class.ts";

/** Inclusive range of ports. */
export type PortRange = { from: number; to: number };
export type PolicyRule = { cidr: Cidr; ports: readonly PortRange[]; label?: string };
export type TargetPolicy = { allow: readonly PolicyRule[]; deny: readonly PolicyRule[] };

/** `reason` is of section 16 of the security design; `detail` names the class and the configuration key. */
export type PolicyRefusal = { ok: false; reason: "address" | "port" | "spelling" | "dns_mixed"; detail: string };
export type HostForm = { ok: true; literal: Address } | { ok: true; name: string } | PolicyRefusal;
export type PolicyVerdict = { ok: true; addresses: readonly Address[] } | PolicyRefusal;

const SSH_PORT: readonly PortRange[] = [{ from: 22, to: 22 }];

/** Shipped rules of a single-user proxy: SSH on private networks [S34]. */
export const DEFAULT_ALLOW: readonly PolicyRule[] = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "fc00::/7",
].map((text) => {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw new Error(`bad constant ${text}`);
  return { cidr, ports: SSH_PORT, label: "private network" };
});

const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i;

/** Splits literal addresses from names; refuses spellings of IPv4 that programs read differently [S36]. */
export function readHost(host: string): HostForm {
  const bare = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  const literal = parseAddress(bare);
  if (literal !== undefined) return { ok: true, literal };
  const labels = host.replace(/\.$/, "").split(".");
  const last = labels.at(-1) ?? "";
  if (/^(\d+|0x[0-9a-f]*)$/i.test(last) || host.includes(":") || !labels.every((label) => LABEL.test(label))) {
    const detail = `"${host.slice(0, 64)}" is neither four decimal numbers, a full IPv6 address nor a host name`;
    return { ok: false, reason: "spelling", detail };
  }
  return { ok: true, name: host };
}

function opens(rule: PolicyRule, port: number): boolean {
  return rule.ports.some(({ from, to }) => port >= from && port <= to);
}

/** Whether any rule opens the port at all: asked before a name is resolved [S40]. */
export function checkPort(policy: TargetPolicy, port: number): PolicyRefusal | undefined {
  if (policy.allow.some((rule) => opens(rule, port))) return undefined;
  return {
    ok: false,
    reason: "port",
    detail: `port ${port} is in no rule of the allow list (configuration key "allow")`,
  };
}

type Judgement = "open" | { class: string } | "port" | "not listed" | "deny list";

function judge(policy: TargetPolicy, address: Address, port: number, own: readonly Address[]): Judgement {
  if (policy.deny.some((rule) => contains(rule.cidr, address) && opens(rule, port))) return "deny list";
  const matching = policy.allow.filter((rule) => contains(rule.cidr, address));
  const special = deniedClass(address, own);
  const usable = special === undefined ? matching : matching.filter((rule) => isExact(rule.cidr));
  if (special !== undefined && usable.length === 0) return { class: special };
  if (usable.length === 0) return "not listed";
  return usable.some((rule) => opens(rule, port)) ? "open" : "port";
}

/**
 * Judges every address that a host stands for [S37]: addresses not listed are dropped; one of an always-denied class
 * refuses the whole name. `own` are the addresses of the proxy's host [S35].
 */
export function checkTarget(
  policy: TargetPolicy,
  addresses: readonly Address[],
  port: number,
  own: readonly Address[],
): PolicyVerdict {
  const judged = addresses.map((address) => ({ address, verdict: judge(policy, address, port, own) }));
  const special = judged.find(({ verdict }) => typeof verdict === "object");
  if (special !== undefined && typeof special.verdict === "object") {
    const { class: name } = special.verdict;
    const detail =
      `${formatAddress(special.address)} is denied as ${name}; only a rule that names exactly this address ` +
      `opens it (configuration key "allow")`;
    return { ok: false, reason: addresses.length > 1 ? "dns_mixed" : "address", detail };
  }
  const open = judged.filter(({ verdict }) => verdict === "open").map(({ address }) => address);
  if (open.length > 0) return { ok: true, addresses: open };
  const [first] = judged;
  if (first === undefined) return { ok: false, reason: "address", detail: "the name has no address" };
  const text = formatAddress(first.address);
  if (first.verdict === "port") {
    return { ok: false, reason: "port", detail: `port ${port} of ${text} is in no rule (configuration key "allow")` };
  }
  const where =
    first.verdict === "deny list"
      ? `in the deny list (configuration key "deny")`
      : `not in the allow list (configuration key "allow")`;
  return { ok: false, reason: "address", detail: `${text} is ${where}` };
}
