import { describe, expect, test } from "vitest";
import { formatAddress, parseAddress, parseCidr } from "#proxy/policy/address.ts";
import {
  type Asker,
  checkPort,
  checkRemoteName,
  checkTarget,
  DEFAULT_ALLOW,
  type PolicyRule,
  readHost,
  type TargetPolicy,
} from "#proxy/target-policy.ts";

function rule(cidr: string, from = 22, to = from): PolicyRule {
  const parsed = parseCidr(cidr);
  if (parsed === undefined) throw new Error(cidr);
  return { cidr: parsed, ports: [{ from, to }] };
}

function addresses(...texts: string[]) {
  return texts.map((text) => {
    const address = parseAddress(text);
    if (address === undefined) throw new Error(text);
    return address;
  });
}

const OWN = { addresses: addresses("192.168.1.5", "fd00::5"), ports: [7022] };
const SHIPPED: TargetPolicy = { allow: DEFAULT_ALLOW, deny: [] };

describe("[S36] addresses in binary", () => {
  test.each([
    ["10.0.0.1", "10.0.0.1"],
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["::ffff:7f00:1", "127.0.0.1"],
    ["64:ff9b::7f00:1", "127.0.0.1"],
    ["2002:7f00:1::", "127.0.0.1"],
    ["::127.0.0.1", "127.0.0.1"],
    ["2001:db8::1", "2001:db8:0:0:0:0:0:1"],
    ["::1", "0:0:0:0:0:0:0:1"],
    ["fe80::1%eth0", "fe80:0:0:0:0:0:0:1%eth0"],
  ])("%s is %s", (text, expected) => {
    const address = parseAddress(text);
    expect(address && formatAddress(address)).toBe(expected);
  });

  test.each([
    "127.1",
    "0177.0.0.1",
    "0x7f000001",
    "2130706433",
    "127.0.0.1.",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3",
    "",
    "g::1",
  ])("%s is no address", (text) => expect(parseAddress(text)).toBeUndefined());

  test.each(["127.1", "0177.0.0.1", "0x7f000001", "2130706433", "host.0x7f", "a b", "x:y", "-bad", "under..dots"])(
    "%s is refused as a spelling, not guessed",
    (text) => expect(readHost(text)).toMatchObject({ ok: false, reason: "spelling" }),
  );

  test.each(["r1", "core-1.lab.example", "edge_1", "xn--bcher-kva.example", "example."])("%s is a name", (text) =>
    expect(readHost(text)).toEqual({ ok: true, name: text }),
  );

  test.each(["10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/08", "fd00::/129", "name/8", "10.0.0.0/8/8"])(
    "%s is no network",
    (text) => expect(parseCidr(text)).toBeUndefined(),
  );
});

describe("[S34] [S35] the decision", () => {
  test.each([
    ["10.1.2.3", 22, true],
    ["172.31.0.1", 22, true],
    ["172.32.0.1", 22, false],
    ["192.168.9.9", 22, true],
    ["100.64.0.1", 22, true],
    ["fd12::1", 22, true],
    ["8.8.8.8", 22, false],
    ["2001:db8::1", 22, false],
    ["10.1.2.3", 23, false],
    ["127.0.0.1", 22, false],
    ["169.254.169.254", 22, false],
    ["fd00:ec2::254", 22, false],
    ["fe80::1", 22, false],
    ["0.0.0.0", 22, false],
    ["224.0.0.1", 22, false],
    ["255.255.255.255", 22, false],
    ["192.168.1.5", 22, false],
    ["fd00::5", 22, false],
    ["::ffff:10.1.2.3", 22, true],
    ["64:ff9b::a9fe:a9fe", 22, false],
  ])("shipped rules: %s port %i -> %s", (text, port, ok) => {
    expect(checkTarget(SHIPPED, addresses(text), port, OWN).ok).toBe(ok);
  });

  test("a general rule opens no special class; a rule for the exact address does", () => {
    const wide: TargetPolicy = { allow: [rule("0.0.0.0/0"), rule("127.0.0.0/8")], deny: [] };
    expect(checkTarget(wide, addresses("127.0.0.1"), 22, OWN)).toMatchObject({
      reason: "address",
      detail: expect.stringContaining("loopback"),
    });
    const exact: TargetPolicy = { allow: [rule("127.0.0.1/32", 2222)], deny: [] };
    expect(checkTarget(exact, addresses("127.0.0.1"), 2222, OWN).ok).toBe(true);
    expect(checkTarget(exact, addresses("127.0.0.1"), 22, OWN)).toMatchObject({ reason: "port" });
    expect(checkTarget(exact, addresses("127.0.0.2"), 2222, OWN).ok).toBe(false);
  });

  test("deny rules win", () => {
    const policy: TargetPolicy = { allow: DEFAULT_ALLOW, deny: [rule("10.9.0.0/16", 1, 65_535)] };
    expect(checkTarget(policy, addresses("10.9.1.1"), 22, OWN)).toMatchObject({
      detail: expect.stringContaining('"deny"'),
    });
    expect(checkTarget(policy, addresses("10.8.1.1"), 22, OWN).ok).toBe(true);
  });

  test("[S37] unlisted addresses of a name are dropped; one special address refuses the whole name", () => {
    const some = checkTarget(SHIPPED, addresses("10.0.0.1", "8.8.8.8"), 22, OWN);
    expect(some.ok && some.addresses.map(formatAddress)).toEqual(["10.0.0.1"]);
    expect(checkTarget(SHIPPED, addresses("10.0.0.1", "127.0.0.1"), 22, OWN)).toMatchObject({ reason: "dns_mixed" });
    expect(checkTarget(SHIPPED, [], 22, OWN).ok).toBe(false);
  });

  test("[S40] a port that no rule opens is refused before a name is resolved", () => {
    expect(checkPort(SHIPPED, 23)).toMatchObject({ reason: "port", detail: expect.stringContaining('"allow"') });
    expect(checkPort(SHIPPED, 22)).toBeUndefined();
  });

  test("[S35] a rule for a link-local address needs its zone", () => {
    const zoned: TargetPolicy = { allow: [rule("fe80::1%eth0/128")].map((one) => one), deny: [] };
    expect(checkTarget(zoned, addresses("fe80::1%eth0"), 22, OWN).ok).toBe(true);
    expect(checkTarget(zoned, addresses("fe80::1%eth1"), 22, OWN).ok).toBe(false);
    expect(checkTarget(zoned, addresses("fe80::1"), 22, OWN).ok).toBe(false);
  });
});

/** Every class of S35 in every spelling that reduces to it. */
const SPECIAL: readonly (readonly [string, string])[] = [
  ...[
    "127.0.0.1",
    "127.255.255.254",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "::127.0.0.1",
  ].map((text) => [text, "loopback"] as const),
  ...["0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0"].map((text) => [text, "unspecified"] as const),
  ...["169.254.0.1", "fe80::1", "fe80::1%eth0", "febf::1", "::ffff:169.254.1.1"].map(
    (text) => [text, "link-local"] as const,
  ),
  ...["224.0.0.1", "239.255.255.255", "ff02::1", "64:ff9b::e000:1"].map((text) => [text, "multicast"] as const),
  ["255.255.255.255", "broadcast"],
  ...["169.254.169.254", "fd00:ec2::254", "::ffff:a9fe:a9fe", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"].map(
    (text) => [text, "cloud metadata"] as const,
  ),
  ...["192.168.1.5", "fd00::5", "::ffff:192.168.1.5", "64:ff9b::c0a8:105"].map(
    (text) => [text, "address of the proxy"] as const,
  ),
];

describe("[HC3] [S35] [S36] the table of what is always denied", () => {
  const everything: TargetPolicy = { allow: [rule("0.0.0.0/0", 1, 65_535), rule("::/0", 1, 65_535)], deny: [] };

  test.each(SPECIAL)("%s is denied as %s, whatever a network rule says", (text, name) => {
    const verdict = checkTarget(everything, addresses(text), 22, OWN);
    expect(verdict).toMatchObject({ ok: false, reason: "address", class: name });
    expect(verdict).not.toHaveProperty("addable", true);
    expect(checkTarget(everything, addresses(text), 22, OWN, { via: { host: "gw" } })).toMatchObject({ class: name });
  });

  test.each(SPECIAL)("%s among the addresses of a name refuses the whole name", (text) => {
    const mixed = [...addresses("10.0.0.1"), ...addresses(text)];
    expect(checkTarget(everything, mixed, 22, OWN)).toMatchObject({ ok: false, reason: "dns_mixed" });
  });

  test("a port of the proxy needs a rule with exactly that address and that port", () => {
    const range: TargetPolicy = { allow: [rule("127.0.0.1/32", 1, 65_535)], deny: [] };
    expect(checkTarget(range, addresses("127.0.0.1"), 7_022, OWN)).toMatchObject({ class: "port of the proxy" });
    expect(checkTarget(range, addresses("127.0.0.1"), 7_023, OWN).ok).toBe(true);
    const exact: TargetPolicy = { allow: [rule("127.0.0.1/32", 7_022)], deny: [] };
    expect(checkTarget(exact, addresses("127.0.0.1"), 7_022, OWN).ok).toBe(true);
  });
});

describe("[S34] users, via and labels", () => {
  const gate = {
    ...rule("10.1.0.0/16"),
    via: [{ cidr: parseCidr("198.51.100.7/32") ?? rule("0.0.0.0/0").cidr }],
  } as PolicyRule;
  const named: PolicyRule = { name: "core.lab", ports: [{ from: 22, to: 22 }], via: [{ name: "gw.lab" }] };
  const anna: PolicyRule = { ...rule("10.2.0.0/16"), users: ["anna"] };
  const policy: TargetPolicy = {
    allow: [gate, named, anna],
    deny: [{ ...rule("10.1.9.0/24", 1, 65_535), label: "not ours" }],
  };
  const through = { user: "bert", via: { host: "gw.lab", address: addresses("198.51.100.7")[0] } };

  test("a rule with via holds behind that jump host only", () => {
    expect(checkTarget(policy, addresses("10.1.1.1"), 22, OWN).ok).toBe(false);
    expect(checkTarget(policy, addresses("10.1.1.1"), 22, OWN, through).ok).toBe(true);
    expect(checkTarget(policy, addresses("10.1.1.1"), 22, OWN, { via: { host: "gw.lab" } }).ok).toBe(false);
  });

  test("deny rules win behind a jump host as well, and are named", () => {
    expect(checkTarget(policy, addresses("10.1.9.1"), 22, OWN, through)).toMatchObject({
      class: "in the deny list",
      rule: 0,
      detail: expect.stringContaining('rule 1, "not ours"'),
    });
  });

  test("a deny rule with via holds behind that jump host however it is spelled, and wherever it stands in the path", () => {
    const deny = [{ ...rule("10.1.0.5/32"), via: [{ cidr: parseCidr("198.51.100.7/32") ?? gate.cidr }] } as PolicyRule];
    const open: TargetPolicy = { allow: [rule("10.0.0.0/8")], deny };
    const [gw, other] = addresses("198.51.100.7", "198.51.100.8");
    const verdict = (asker: Asker) => checkTarget(open, addresses("10.1.0.5"), 22, OWN, asker).ok;
    expect(verdict({ via: { host: "gw.lab", address: gw } })).toBe(false);
    expect(verdict({ via: { host: "::ffff:198.51.100.7", address: gw } })).toBe(false);
    expect(verdict({ via: { host: "other", address: other }, earlier: [{ host: "gw.lab", address: gw }] })).toBe(false);
    // A jump host that another one resolved may be it: what cannot be checked is refused [S2].
    expect(verdict({ via: { host: "inner.lab" }, earlier: [{ host: "other", address: other }] })).toBe(false);
    expect(verdict({ via: { host: "other", address: other } })).toBe(true);
    expect(verdict({})).toBe(true);
  });

  test("names of jump hosts are the same with a dot at their end", () => {
    const dotted = { ...through, via: { ...through.via, host: "GW.lab." } };
    expect(checkRemoteName(policy, "core.lab", 22, dotted)).toBeUndefined();
    const deny: PolicyRule[] = [{ ...rule("10.1.1.0/24"), via: [{ name: "gw.lab" }] }];
    expect(checkTarget({ ...policy, deny }, addresses("10.1.1.1"), 22, OWN, dotted).ok).toBe(false);
  });

  test("a deny rule covers an address whatever interface is named with it", () => {
    const allow = [rule("fd00::1%eth0"), rule("fd00::1")];
    const verdict = (deny: PolicyRule, address: string) =>
      checkTarget({ allow, deny: [deny] }, addresses(address), 22, { addresses: [], ports: [] }).ok;
    expect(verdict(rule("fd00::/8"), "fd00::1%eth0")).toBe(false);
    expect(verdict(rule("fd00::1%eth0"), "fd00::1")).toBe(false);
    expect(verdict(rule("fd00::1%eth1"), "fd00::1%eth0")).toBe(true);
  });

  test("a rule with users holds for them only; whoever is unknown is nobody", () => {
    expect(checkTarget(policy, addresses("10.2.1.1"), 22, OWN, { user: "anna" }).ok).toBe(true);
    expect(checkTarget(policy, addresses("10.2.1.1"), 22, OWN, { user: "bert" }).ok).toBe(false);
    expect(checkTarget(policy, addresses("10.2.1.1"), 22, OWN).ok).toBe(false);
  });

  test("[S39] a name behind a jump host needs exactly that name and that jump host", () => {
    expect(checkRemoteName(policy, "Core.Lab.", 22, through)).toBeUndefined();
    expect(checkRemoteName(policy, "core.lab", 23, through)).toMatchObject({ reason: "via" });
    expect(checkRemoteName(policy, "core.lab.evil", 22, through)).toMatchObject({ reason: "via" });
    expect(checkRemoteName(policy, "core.lab", 22, { via: { host: "other.lab" } })).toMatchObject({ reason: "via" });
    expect(checkRemoteName(policy, "core.lab", 22, {})).toMatchObject({ reason: "via" });
  });

  test("what one tap may add says so; nothing else does", () => {
    expect(checkTarget(policy, addresses("8.8.8.8"), 22, OWN)).toMatchObject({ addable: true });
    expect(checkTarget(policy, addresses("10.1.9.1"), 22, OWN)).not.toHaveProperty("addable");
  });
});
