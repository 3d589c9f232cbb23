/** From a hop's host to checked, literal addresses [S37] [S39]. */
import { lookup } from "node:dns/promises";
import { networkInterfaces } from "node:os";
import { type Failure, failed, failure, type Outcome, succeeded } from "../failure.ts";
import { type Address, formatAddress, parseAddress } from "../policy/address.ts";
import {
  type Asker,
  checkPort,
  checkRemoteName,
  checkTarget,
  type Own,
  type PolicyRefusal,
  readHost,
  type TargetPolicy,
} from "../target-policy.ts";

export type Lookup = (name: string) => Promise<readonly string[]>;

/** The system's resolver, asked once; order as it answers. */
export const systemLookup: Lookup = async (name) =>
  (await lookup(name, { all: true, order: "verbatim" })).map(({ address }) => address);

/** What is asked of the policy; `mayAdd`: the one who asks may change it [S16]. */
export type PolicyQuestion = {
  policy: TargetPolicy;
  host: string;
  port: number;
  asker: Asker;
  ownPorts: readonly number[];
  mayAdd: boolean;
};
/** Addresses to dial, or the name that the jump host resolves. */
export type Resolved = { addresses: readonly Address[] } | { remoteName: string };

function ownAddresses(): Address[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .flatMap(({ address }) => parseAddress(address.split("%")[0] ?? "") ?? []);
}

/** The wire's refusal. A name's addresses are told only to whoever may allow them [S40]. */
function refused(question: PolicyQuestion, refusal: PolicyRefusal, typed: boolean): { ok: false; failure: Failure } {
  const { port, mayAdd } = question;
  const tellsAddress = typed || mayAdd;
  const detail = tellsAddress ? refusal.detail : `"${question.host.slice(0, 64)}" is refused: ${refusal.class}`;
  const { address } = refusal;
  const addable = refusal.addable === true && mayAdd && address !== undefined;
  return {
    ok: false,
    failure: {
      ...failure("refused_by_policy", refusal.reason, detail),
      policy: {
        class: refusal.class,
        port,
        addable,
        ...(address === undefined || !tellsAddress ? {} : { address: formatAddress(address) }),
      },
    },
  };
}

/** The rule by which a target was refused, for the audit; the wire carries no index. */
export type Denied = { class: string; rule?: number | undefined };

/** Checks spelling, port, then every address; the result goes to the socket as it is. */
export async function resolveTarget(
  question: PolicyQuestion,
  lookupName: Lookup = systemLookup,
  denied: (what: Denied) => void = () => {},
): Promise<Outcome<Resolved>> {
  const { policy, host, port, asker } = question;
  const form = readHost(host);
  const typed = form.ok && "literal" in form;
  const refuse = (refusal: PolicyRefusal) => {
    denied({ class: refusal.class, rule: refusal.rule });
    return refused(question, refusal, typed || !form.ok);
  };
  if (!form.ok) return refuse(form);
  const noPort = checkPort(policy, port, asker);
  // A literal address is told, so that one tap can add it; a name is not resolved for a port that no rule opens.
  if (noPort !== undefined) return refuse("literal" in form ? withAddress(question, form.literal, noPort) : noPort);
  let addresses: readonly Address[];
  if ("literal" in form) addresses = [form.literal];
  else if (asker.via !== undefined) {
    const noName = checkRemoteName(policy, form.name, port, asker);
    return noName === undefined ? succeeded({ remoteName: form.name }) : refuse(noName);
  } else {
    const texts = await lookupName(form.name).catch(() => []);
    if (texts.length === 0) return failed("unreachable", "name", `"${host}" was not found`);
    // An answer that is no address is a resolver's fault; it must not slip past the check [S2].
    addresses = texts.flatMap((text) => parseAddress(text) ?? []);
    if (addresses.length !== texts.length) return failed("unreachable", "name", "the resolver gave no usable address");
  }
  const verdict = checkTarget(policy, addresses, port, hostOwn(question.ownPorts), asker);
  return verdict.ok ? succeeded({ addresses: verdict.addresses }) : refuse(verdict);
}

/** Everything that is the proxy host's own, as it is now [S35]. */
export function hostOwn(ownPorts: readonly number[]): Own {
  return { addresses: ownAddresses(), ports: ownPorts };
}

/** What stands against the address says more than the port alone. */
function withAddress(question: PolicyQuestion, literal: Address, noPort: PolicyRefusal): PolicyRefusal {
  const verdict = checkTarget(question.policy, [literal], question.port, hostOwn(question.ownPorts), question.asker);
  if (verdict.ok) return noPort;
  return verdict.addable === true
    ? { ...noPort, address: literal }
    : { ...noPort, class: verdict.class, addable: false };
}

/** Why an address that was allowed once would be refused now, or undefined [S38]. */
export function unfitClass(
  policy: TargetPolicy,
  hop: { address: string; port: number; asker: Asker },
  ownPorts: readonly number[],
): string | undefined {
  const address = parseAddress(hop.address);
  if (address === undefined) return checkRemoteName(policy, hop.address, hop.port, hop.asker)?.class;
  const verdict = checkTarget(policy, [address], hop.port, hostOwn(ownPorts), hop.asker);
  return verdict.ok ? undefined : verdict.class;
}
