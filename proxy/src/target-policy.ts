/** Where the proxy may connect to: one pure decision, deny by default [S34] to [S37], [S39], [S40]. */
import {
  type Address,
  type Cidr,
  contains,
  formatAddress,
  isExact,
  mayContain,
  parseAddress,
  parseCidr,
} from "./policy/address.ts";
import { deniedClass } from "./policy/address-class.ts";
import { hostName } from "./policy/host-name.ts";

/** Inclusive range of ports. */
export type PortRange = { from: number; to: number };
/** A jump host as a rule names it: by address or network, or by the exact name under which it is dialled. */
export type ViaHost = { cidr?: Cidr; name?: string };
export type PolicyRule = {
  cidr?: Cidr | undefined;
  /** Lower case; resolved by the jump host, and so only together with `via` [S39]. */
  name?: string | undefined;
  ports: readonly PortRange[];
  /** Who may use it; absent: everybody. */
  users?: readonly string[] | undefined;
  /** Jump hosts behind which it holds; absent: directly, and behind every allowed one. */
  via?: readonly ViaHost[] | undefined;
  label?: string | undefined;
};
export type TargetPolicy = { allow: readonly PolicyRule[]; deny: readonly PolicyRule[] };

/** A jump host as it was typed, with the address that was checked; none where the jump host before it resolved its name. */
export type JumpHost = { host: string; address?: Address | undefined };
/** Who asks, and from where: `via` is the jump host next to the target, `earlier` are those before it. */
export type Asker = {
  user?: string | undefined;
  via?: JumpHost | undefined;
  earlier?: readonly JumpHost[] | undefined;
};
/** What is the proxy's own: addresses of its host, and ports that it listens on [S35]. */
export type Own = { addresses: readonly Address[]; ports: readonly number[] };

/**
 * `reason` is of section 16 of the security design, `class` what the denial is called [S40]; `detail` names class and
 * configuration key. `addable`: a rule for exactly this address and port would open it, and one tap may add it [S34].
 */
export type PolicyRefusal = {
  ok: false;
  reason: "address" | "port" | "spelling" | "dns_mixed" | "via";
  class: string;
  detail: string;
  address?: Address | undefined;
  addable?: boolean | undefined;
  /** Index in the deny list. */
  rule?: number | undefined;
};
export type HostForm = { ok: true; literal: Address } | { ok: true; name: string } | PolicyRefusal;
export type PolicyVerdict = { ok: true; addresses: readonly Address[] } | PolicyRefusal;

const SSH_PORT: readonly PortRange[] = [{ from: 22, to: 22 }];
const NOT_LISTED = "not in the allow list";
const DENY_LIST = "in the deny list";

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
    return { ok: false, reason: "spelling", class: "spelling", detail };
  }
  return { ok: true, name: host };
}

function opens(rule: PolicyRule, port: number): boolean {
  return rule.ports.some(({ from, to }) => port >= from && port <= to);
}

function isVia(rule: PolicyRule, { host, address }: JumpHost): boolean {
  return (rule.via ?? []).some(({ cidr, name }) =>
    cidr === undefined ? name === hostName(host) : address !== undefined && contains(cidr, address),
  );
}

/** As a deny rule sees it: one whose address nobody knows may be any of those that it names by address [S2]. */
function mayBeVia(rule: PolicyRule, jump: JumpHost): boolean {
  return isVia(rule, jump) || (jump.address === undefined && (rule.via ?? []).some(({ cidr }) => cidr !== undefined));
}

function isOf(rule: PolicyRule, user: string | undefined): boolean {
  return rule.users === undefined || (user !== undefined && rule.users.includes(user));
}

/** Whether the rule speaks to this asker at all. */
function concerns(rule: PolicyRule, { user, via }: Asker): boolean {
  return isOf(rule, user) && (rule.via === undefined || (via !== undefined && isVia(rule, via)));
}

/** The same for a deny rule, which holds behind its jump host wherever in the path that stands. */
function forbids(rule: PolicyRule, { user, via, earlier = [] }: Asker): boolean {
  const path = via === undefined ? [] : [...earlier, via];
  return isOf(rule, user) && (rule.via === undefined || path.some((jump) => mayBeVia(rule, jump)));
}

/** Whether any rule opens the port at all: asked before a name is resolved [S40]. */
export function checkPort(policy: TargetPolicy, port: number, asker: Asker = {}): PolicyRefusal | undefined {
  if (policy.allow.some((rule) => concerns(rule, asker) && opens(rule, port))) return undefined;
  return {
    ok: false,
    reason: "port",
    class: `port ${NOT_LISTED}`,
    detail: `port ${port} is in no rule of the allow list (configuration key "allow")`,
    addable: true,
  };
}

/** One port of one address, named as such. */
function namesExactly(rule: PolicyRule): boolean {
  return rule.cidr !== undefined && isExact(rule.cidr) && rule.ports.every(({ from, to }) => from === to);
}

type Judgement = "open" | { class: string } | "port" | "not listed" | { deny: number };

function judge(policy: TargetPolicy, address: Address, port: number, own: Own, asker: Asker): Judgement {
  const covers = (rule: PolicyRule) => rule.cidr !== undefined && contains(rule.cidr, address) && concerns(rule, asker);
  const denied = policy.deny.findIndex(
    (rule) => rule.cidr !== undefined && mayContain(rule.cidr, address) && forbids(rule, asker) && opens(rule, port),
  );
  if (denied >= 0) return { deny: denied };
  const matching = policy.allow.filter(covers);
  const special = deniedClass(address, own.addresses);
  if (special === undefined) {
    if (matching.length === 0) return "not listed";
    return matching.some((rule) => opens(rule, port)) ? "open" : "port";
  }
  // Behind a jump host these are its own addresses: a rule for the proxy's does not speak of them.
  const exact = matching.filter(
    (rule) => rule.cidr !== undefined && isExact(rule.cidr) && (asker.via === undefined || rule.via !== undefined),
  );
  if (exact.length === 0) return { class: special };
  if (
    asker.via === undefined &&
    own.ports.includes(port) &&
    !exact.some((rule) => namesExactly(rule) && opens(rule, port))
  ) {
    return { class: "port of the proxy" };
  }
  return exact.some((rule) => opens(rule, port)) ? "open" : "port";
}

function isSpecial(verdict: Judgement): verdict is { class: string } {
  return typeof verdict === "object" && "class" in verdict;
}

/**
 * Judges every address that a host stands for [S37]: addresses not listed are dropped; one of an always-denied class
 * refuses the whole name. `own` is what belongs to the proxy's host [S35].
 */
export function checkTarget(
  policy: TargetPolicy,
  addresses: readonly Address[],
  port: number,
  own: Own,
  asker: Asker = {},
): PolicyVerdict {
  const judged = addresses.map((address) => ({ address, verdict: judge(policy, address, port, own, asker) }));
  for (const { address, verdict } of judged) {
    if (!isSpecial(verdict)) continue;
    const detail =
      `${formatAddress(address)} is denied as ${verdict.class}; only a rule that names exactly this address ` +
      `opens it (configuration key "allow")`;
    return { ok: false, reason: addresses.length > 1 ? "dns_mixed" : "address", class: verdict.class, detail, address };
  }
  const open = judged.filter(({ verdict }) => verdict === "open").map(({ address }) => address);
  if (open.length > 0) return { ok: true, addresses: open };
  const [first] = judged;
  if (first === undefined) {
    return { ok: false, reason: "address", class: NOT_LISTED, detail: "the name has no address" };
  }
  return refusal(policy, first.address, port, first.verdict);
}

function refusal(policy: TargetPolicy, address: Address, port: number, verdict: Judgement): PolicyRefusal {
  const text = formatAddress(address);
  if (verdict === "port") {
    const detail = `port ${port} of ${text} is in no rule (configuration key "allow")`;
    return { ok: false, reason: "port", class: `port ${NOT_LISTED}`, detail, address, addable: true };
  }
  if (typeof verdict === "object" && "deny" in verdict) {
    const label = policy.deny[verdict.deny]?.label;
    const named = `rule ${verdict.deny + 1}${label === undefined ? "" : `, "${label}"`}`;
    const detail = `${text} is ${DENY_LIST} (configuration key "deny", ${named})`;
    return { ok: false, reason: "address", class: DENY_LIST, detail, address, rule: verdict.deny };
  }
  const detail = `${text} is ${NOT_LISTED} (configuration key "allow")`;
  return { ok: false, reason: "address", class: NOT_LISTED, detail, address, addable: true };
}

/**
 * A name that a jump host resolves: the proxy cannot see what it leads to, so only a rule with exactly this name and this
 * jump host opens it [S39].
 */
export function checkRemoteName(
  policy: TargetPolicy,
  name: string,
  port: number,
  asker: Asker,
): PolicyRefusal | undefined {
  const wanted = hostName(name);
  const fits = (rule: PolicyRule) => rule.name === wanted && opens(rule, port);
  const denied = policy.deny.findIndex((rule) => fits(rule) && forbids(rule, asker));
  if (denied < 0 && policy.allow.some((rule) => rule.via !== undefined && fits(rule) && concerns(rule, asker))) {
    return undefined;
  }
  const why = denied < 0 ? NOT_LISTED : DENY_LIST;
  const detail =
    denied < 0
      ? `the proxy cannot resolve "${name.slice(0, 64)}" behind a jump host: use its address, or add a rule with name and via`
      : `"${name.slice(0, 64)}" is ${DENY_LIST} (configuration key "deny", rule ${denied + 1})`;
  return { ok: false, reason: "via", class: why, detail, ...(denied < 0 ? {} : { rule: denied }) };
}
