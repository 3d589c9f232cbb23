/** From a target's host to checked, literal addresses [S37]. */
import { lookup } from "node:dns/promises";
import { networkInterfaces } from "node:os";
import { failed, type Outcome, succeeded } from "../failure.ts";
import { type Address, formatAddress, parseAddress } from "../policy/address.ts";
import { checkPort, checkTarget, type PolicyRefusal, readHost, type TargetPolicy } from "../target-policy.ts";

export type Lookup = (name: string) => Promise<readonly string[]>;

/** The system's resolver, asked once; order as it answers. */
export const systemLookup: Lookup = async (name) =>
  (await lookup(name, { all: true, order: "verbatim" })).map(({ address }) => address);

function ownAddresses(): Address[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .flatMap(({ address }) => parseAddress(address.split("%")[0] ?? "") ?? []);
}

function refused({ reason, detail }: PolicyRefusal): Outcome<never> {
  return failed("refused_by_policy", reason, detail);
}

/** Checks spelling, port, then every address; the result goes to the socket as it is. */
export async function resolveTarget(
  policy: TargetPolicy,
  host: string,
  port: number,
  lookupName: Lookup = systemLookup,
): Promise<Outcome<readonly string[]>> {
  const form = readHost(host);
  if (!form.ok) return refused(form);
  const noPort = checkPort(policy, port);
  if (noPort !== undefined) return refused(noPort);
  let addresses: readonly Address[];
  if ("literal" in form) addresses = [form.literal];
  else {
    const texts = await lookupName(form.name).catch(() => []);
    if (texts.length === 0) return failed("unreachable", "name", `"${host}" was not found`);
    // An answer that is no address is a resolver's fault; it must not slip past the check [S2].
    addresses = texts.flatMap((text) => parseAddress(text) ?? []);
    if (addresses.length !== texts.length) return failed("unreachable", "name", "the resolver gave no usable address");
  }
  const verdict = checkTarget(policy, addresses, port, ownAddresses());
  return verdict.ok ? succeeded(verdict.addresses.map(formatAddress)) : refused(verdict);
}
