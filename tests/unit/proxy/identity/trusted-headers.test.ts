import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConfigFile, type ConfigInput } from "#proxy/config/config-schema.ts";
import { loadTrust } from "#proxy/identity/load-trust.ts";
import { type HeaderTrust, NO_TRUST, provenance } from "#proxy/identity/trusted-headers.ts";
import { parseCidr } from "#proxy/policy/address.ts";
import { sha256 } from "#proxy/random.ts";

const cidr = (text: string) => {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
};
const SECRET = "sixteen-characters-and-more";
const PROXIES = [cidr("192.0.2.0/24"), cidr("::1")];
const ON: HeaderTrust = {
  proxies: PROXIES,
  identity: {
    userHeader: "x-user",
    groupsHeader: "x-groups",
    administrators: ["netadmins"],
    secretHeader: "x-secret",
    secretHash: sha256(SECRET),
  },
};
const ADDRESSES: HeaderTrust = { proxies: PROXIES };
const latin = (text: string) => Buffer.from(text, "utf8").toString("latin1");
const user = (name: string, admin = false) => ({
  kind: "identity",
  user: name,
  roles: admin ? ["user", "administrator"] : ["user"],
  expires: null,
  source: "header",
});

describe("[S13] [S14] identity by header", () => {
  test.each<[string, HeaderTrust, string | undefined, Record<string, string>, unknown]>([
    ["off: no header means anything", NO_TRUST, "192.0.2.1", { "x-user": "ada" }, { address: "192.0.2.1" }],
    [
      "a listed peer names the user",
      ON,
      "192.0.2.1",
      { "x-user": "ada", "x-secret": SECRET },
      { identity: user("ada") },
    ],
    [
      "an IPv4-mapped peer is that peer",
      ON,
      "::ffff:192.0.2.1",
      { "x-user": "ada", "x-secret": SECRET },
      { identity: user("ada") },
    ],
    [
      "a group gives the role",
      ON,
      "::1",
      { "x-user": "ada", "x-secret": SECRET, "x-groups": "ops, netadmins" },
      { identity: user("ada", true) },
    ],
    [
      "a group that contains its name does not",
      ON,
      "::1",
      { "x-user": "ada", "x-secret": SECRET, "x-groups": "not-netadmins" },
      { identity: user("ada") },
    ],
    ["UTF-8 names", ON, "::1", { "x-user": latin("Zoë"), "x-secret": SECRET }, { identity: user("Zoë") }],
    ["a listed peer that names nobody", ON, "::1", { "x-secret": SECRET }, { identity: undefined }],
    [
      "the forwarded address is the client's",
      ON,
      "::1",
      { "x-forwarded-for": "198.51.100.9" },
      { address: "198.51.100.9" },
    ],
    [
      "the last hop that is not listed counts",
      ADDRESSES,
      "::1",
      { "x-forwarded-for": "127.0.0.1, 198.51.100.9, 192.0.2.7" },
      { address: "198.51.100.9" },
    ],
    ["ports and brackets", ADDRESSES, "::1", { "x-forwarded-for": "[2001:db8::1]:443" }, { address: "2001:db8::1" }],
    ["all hops listed: the first", ADDRESSES, "::1", { "x-forwarded-for": "192.0.2.7" }, { address: "192.0.2.7" }],
    ["another peer without headers", ON, "198.51.100.1", {}, { address: "198.51.100.1", identity: undefined }],
  ])("%s", (_, trust, peer, headers, expected) => {
    expect(provenance(trust, peer, headers)).toMatchObject({ ok: true, ...(expected as object) });
  });

  test.each<[string, HeaderTrust, string | undefined, Record<string, string>]>([
    ["identity from an unlisted peer", ON, "198.51.100.1", { "x-user": "ada", "x-secret": SECRET }],
    ["groups from an unlisted peer", ON, "198.51.100.1", { "x-groups": "netadmins" }],
    ["the secret alone from an unlisted peer", ON, "198.51.100.1", { "x-secret": SECRET }],
    ["forwarded-for from an unlisted peer", ON, "198.51.100.1", { "x-forwarded-for": "10.0.0.1" }],
    ["forwarded-for from an unlisted peer, addresses only", ADDRESSES, "198.51.100.1", { forwarded: "for=10.0.0.1" }],
    ["a peer without an address", ON, undefined, { "x-user": "ada" }],
    ["a wrong secret", ON, "192.0.2.1", { "x-user": "ada", "x-secret": `${SECRET}x` }],
    ["no secret", ON, "192.0.2.1", { "x-user": "ada" }],
    ["two names", ON, "192.0.2.1", { "x-user": "ada, bob", "x-secret": SECRET }],
    ["an empty name", ON, "192.0.2.1", { "x-user": " ", "x-secret": SECRET }],
    ["control characters in the name", ON, "192.0.2.1", { "x-user": "ad\u0001a", "x-secret": SECRET }],
    ["a bidirectional override in the name", ON, "192.0.2.1", { "x-user": latin("ad\u202ea"), "x-secret": SECRET }],
    ["a name that is too long", ON, "192.0.2.1", { "x-user": "a".repeat(129), "x-secret": SECRET }],
    ["a forwarded address that is none", ON, "192.0.2.1", { "x-forwarded-for": "unknown" }],
    ["an octal forwarded address", ADDRESSES, "::1", { "x-forwarded-for": "0300.0.2.1" }],
  ])("refused, not ignored: %s", (_, trust, peer, headers) => {
    expect(provenance(trust, peer, headers)).toEqual({ ok: false, code: "identity_untrusted" });
  });
});

describe("[S13] what believes too much stops the start", () => {
  let dir: string;
  const file = (name: string) => join(dir, name);
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "rackside-trust-"));
    await writeFile(file("secret"), `${SECRET}\n`);
    await writeFile(file("short"), "short");
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));
  const load = (input: ConfigInput) => loadTrust(v.parse(ConfigFile, input));
  const trusted_proxies = ["192.0.2.1"];

  test("off by default: nobody is believed", async () => {
    expect(await load({})).toEqual(NO_TRUST);
  });

  test.each<[string, () => ConfigInput, RegExp]>([
    ["no trusted proxy", () => ({ identity: {} }), /trusted_proxies/],
    [
      "no secret on another address than loopback",
      () => ({ host: "192.0.2.5", trusted_proxies, identity: {} }),
      /secret_file/,
    ],
    ["no secret on all addresses", () => ({ host: "0.0.0.0", trusted_proxies, identity: {} }), /secret_file/],
    [
      "a file that is not there",
      () => ({ trusted_proxies, identity: { secret_file: file("none") } }),
      /cannot be read/,
    ],
    ["a short secret", () => ({ trusted_proxies, identity: { secret_file: file("short") } }), /fewer than 16/],
    [
      "administrators without a header",
      () => ({ trusted_proxies, identity: { administrators: ["a"] } }),
      /groups_header/,
    ],
  ])("%s", async (_, input, message) => {
    await expect(load(input())).rejects.toThrow(message);
  });

  test("the secret is kept hashed", async () => {
    const trust = await load({ host: "192.0.2.5", trusted_proxies, identity: { secret_file: file("secret") } });
    expect(trust.identity?.secretHash).toBe(sha256(SECRET));
    expect(JSON.stringify(trust.identity)).not.toContain(SECRET);
    const loopback = await load({ trusted_proxies, identity: {} });
    expect(loopback.identity?.secretHash).toBeUndefined();
  });
});
