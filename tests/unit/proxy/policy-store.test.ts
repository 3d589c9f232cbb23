import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Audit, noAudit } from "#proxy/audit/audit.ts";
import type { AuditEntry } from "#proxy/audit/audit-events.ts";
import { type Config, readPolicy } from "#proxy/config.ts";
import { parseAddress } from "#proxy/policy/address.ts";
import { PolicyStore } from "#proxy/policy/policy-store.ts";
import { checkTarget } from "#proxy/target-policy.ts";

const OWN = { addresses: [], ports: [7_022] };
const WHO = { user: "anna", client: "c", addr: "192.0.2.1" };

let dir: string;
let path: string;
let written: AuditEntry[];
let logged: string[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "rackside-policy-"));
  path = join(dir, "config.json");
  written = [];
  logged = [];
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function open(text = "{}", identity?: Config["identity"]): Promise<PolicyStore> {
  await writeFile(path, text);
  const audit: Audit = { ...noAudit(), write: (entry) => void written.push(entry) };
  const log = (_level: string, event: string) => void logged.push(event);
  const read = (from: string) => readPolicy(from, { identity });
  return PolicyStore.open({ dataDir: dir, path, read, initial: await read(path), audit, log });
}

function allows(store: PolicyStore, text: string, port = 22): boolean {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(text);
  return checkTarget(store.current, [address], port, OWN).ok;
}

describe("[S38] rules without a restart", () => {
  test("an edited file is in force at the next look, and audited with a hash before and after", async () => {
    const store = await open();
    expect(allows(store, "198.18.0.1")).toBe(false);
    await writeFile(
      path,
      '{"allow": [{"cidr": "198.18.0.0/15", "ports": [22]}], "deny": [{"cidr": "10.0.0.0/8", "ports": [22]}]}',
    );
    await store.look();
    expect([allows(store, "198.18.0.1"), allows(store, "10.0.0.1")]).toEqual([true, false]);
    expect(written).toEqual([expect.objectContaining({ event: "policy.changed", outcome: "ok" })]);
    const [entry] = written;
    if (entry?.event !== "policy.changed") throw new Error("no entry");
    expect(entry.before).not.toBe(entry.after);
    await store.look();
    expect(written).toHaveLength(1);
  });

  test("an edit of the configuration just before a tap is still seen at the next look", async () => {
    const store = await open();
    await store.look();
    await writeFile(path, '{"deny": [{"cidr": "10.0.0.0/8", "ports": [22]}]}');
    await store.allow({ address: "198.18.0.1", port: 22, label: "lab" }, WHO, OWN);
    await store.look();
    expect([allows(store, "198.18.0.1"), allows(store, "10.0.0.1")]).toEqual([true, false]);
  });

  test("an edit that is not valid leaves the rules before it in force, and says so", async () => {
    const store = await open('{"allow": [{"cidr": "198.18.0.0/15", "ports": [22]}]}');
    for (const bad of ["{", '{"allow": [{"cidr": "198.18.0.0/15"}]}', '{"alow": []}']) {
      await writeFile(path, bad);
      await store.look();
      expect(allows(store, "198.18.0.1")).toBe(true);
    }
    expect(logged).toEqual(["policy.not_reloaded", "policy.not_reloaded", "policy.not_reloaded"]);
    expect(written.every((entry) => entry.outcome === "failed")).toBe(true);
    await writeFile(path, "{}");
    await store.look();
    expect(allows(store, "198.18.0.1")).toBe(false);
  });

  test("[S2] [S34] a file that is removed opens nothing: the rules before stay in force, and the audit says failed", async () => {
    const store = await open('{"default_allow": false, "deny": [{"cidr": "10.0.0.0/8", "ports": [22]}]}');
    await rm(path);
    await store.look();
    expect([allows(store, "10.0.0.1"), allows(store, "192.168.0.1")]).toEqual([false, false]);
    expect(logged).toEqual(["policy.not_reloaded"]);
    expect(written).toEqual([expect.objectContaining({ event: "policy.changed", outcome: "failed" })]);
    // An edit of the other file reads the rest anew, and finds no more than it did before.
    await writeFile(join(dir, "policy.json"), '{"version": 1, "rules": []}');
    await store.look();
    expect(allows(store, "192.168.0.1")).toBe(false);
    await writeFile(path, '{"default_allow": false, "allow": [{"cidr": "198.18.0.0/15", "ports": [22]}]}');
    await store.look();
    expect([allows(store, "198.18.0.1"), allows(store, "192.168.0.1")]).toEqual([true, false]);
  });

  test("[S34] with several users an edit that loses `identity` does not bring the rules of one user back", async () => {
    const identity = { user_header: "x-user" } as Config["identity"];
    const store = await open('{"allow": [{"cidr": "198.18.0.0/15", "ports": [22]}]}', identity);
    expect(allows(store, "192.168.0.1")).toBe(false);
    await writeFile(path, "{}");
    await store.look();
    expect([allows(store, "192.168.0.1"), allows(store, "198.18.0.1")]).toEqual([false, false]);
  });

  test("the watch finds an edit by itself", async () => {
    const store = await open();
    store.watch();
    try {
      await writeFile(path, '{"allow": [{"cidr": "198.18.0.0/15", "ports": [22]}]}');
      await expect.poll(() => allows(store, "198.18.0.1"), { timeout: 10_000 }).toBe(true);
    } finally {
      store.close();
    }
  });
});

describe("[S34] one tap", () => {
  test("adds exactly this address and port, survives a restart and an edit, and is audited with who did it", async () => {
    const store = await open();
    expect(await store.allow({ address: "203.0.113.9", port: 2_222, label: "spare" }, WHO, OWN)).toMatchObject({
      ok: true,
    });
    expect([
      allows(store, "203.0.113.9", 2_222),
      allows(store, "203.0.113.9"),
      allows(store, "203.0.113.8", 2_222),
    ]).toEqual([true, false, false]);
    expect(written).toEqual([expect.objectContaining({ event: "policy.changed", ...WHO })]);
    expect((await stat(join(dir, "policy.json"))).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(join(dir, "policy.json"), "utf8"))).toMatchObject({
      version: 1,
      rules: [{ address: "203.0.113.9", port: 2_222, label: "spare", user: "anna" }],
    });
    const again = await open('{"default_allow": false}');
    expect(allows(again, "203.0.113.9", 2_222)).toBe(true);
    expect(allows(again, "10.0.0.1")).toBe(false);
  });

  test.each(["127.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "224.0.0.1", "0.0.0.0", "fe80::1", "10.9.0.1"])(
    "[S35] never adds %s",
    async (address) => {
      const store = await open('{"deny": [{"cidr": "10.9.0.0/16", "ports": ["1-65535"]}]}');
      expect(await store.allow({ address, port: 22, label: "" }, WHO, OWN)).toMatchObject({
        ok: false,
        failure: { code: "refused_by_policy", reason: "address" },
      });
      await expect(stat(join(dir, "policy.json"))).rejects.toThrow(/ENOENT/);
    },
  );

  test.each(["127.1", "2130706433", "r1.example", "10.0.0.0/8", ""])(
    "[S36] takes no spelling like %s",
    async (address) => {
      const store = await open();
      expect(await store.allow({ address, port: 22, label: "" }, WHO, OWN)).toMatchObject({
        ok: false,
        failure: { reason: "spelling" },
      });
    },
  );

  test("a damaged file of added rules stops the start and is named", async () => {
    await writeFile(join(dir, "policy.json"), '{"version": 1, "rules": [{"address": "10.1"}]}');
    await expect(open()).rejects.toThrow(/policy\.json, line 1/);
  });
});
