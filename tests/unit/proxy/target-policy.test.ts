import { describe, expect, test } from "vitest";
import { formatAddress, parseAddress, parseCidr } from "#proxy/policy/address.ts";
import {
  checkPort,
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
