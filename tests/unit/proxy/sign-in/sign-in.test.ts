import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { COOKIE_RENEW_AFTER_S, COOKIE_TTL_S } from "#protocol/limits.ts";
import { renewalClaim } from "#protocol/signing.ts";
import { noAudit } from "#proxy/audit/audit.ts";
import { ConfigFile } from "#proxy/config/config-schema.ts";
import type { Identity } from "#proxy/identity/identity.ts";
import { random256, sha256 } from "#proxy/random.ts";
import { type ClientRecord, ClientStore } from "#proxy/sign-in/client-store.ts";
import { PairingStore } from "#proxy/sign-in/pairing-store.ts";
import { SignIn } from "#proxy/sign-in/sign-in.ts";

const DAY_MS = 86_400_000;
const ORIGIN = "https://proxy.test";
const START = Date.UTC(2026, 0, 1);
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "rackside-sign-in-"));
  vi.useFakeTimers({ toFake: ["Date"], now: START });
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(dir, { recursive: true, force: true });
});

async function setUp(byHeader = false) {
  const clients = await ClientStore.open(dir);
  const { limits } = v.parse(ConfigFile, {});
  const pairings = await PairingStore.open(dir);
  const signIn = new SignIn({ clients, pairings, log: () => {}, audit: noAudit(), limits, byHeader, say: () => {} });
  return { clients, signIn };
}
const record = (cookie: string, changes: Partial<ClientRecord> = {}): ClientRecord => ({
  client_id: "c".repeat(22),
  public_key: "",
  user: "ada",
  label: "iPad",
  cookie_sha256: sha256(cookie),
  paired: START,
  cookie_issued: START,
  last_seen: START,
  last_addr: "192.0.2.1",
  ...changes,
});
const header = (user: string): Identity => ({
  kind: "identity",
  user,
  roles: ["user"],
  expires: null,
  source: "header",
});

describe("[S8] the cookie", () => {
  test("is renewed after 30 days; the old one counts until the new one was shown, and not a moment longer", async () => {
    const { clients, signIn } = await setUp();
    const old = random256();
    const key = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const public_key = key.publicKey.export({ type: "spki", format: "der" }).toString("base64url");
    await clients.add(record(old, { public_key }));
    const client_id = "c".repeat(22);
    const who = () => {
      const client = clients.get(client_id);
      if (client === undefined) throw new Error("gone");
      return client;
    };
    const renew = (shown: string, signedOrigin = ORIGIN) => {
      const claim = renewalClaim({ nonce: signIn.nonceFor(who()), origin: signedOrigin, client_id });
      const sig = sign("sha256", claim, { key: key.privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url");
      return signIn.renew(who(), sig, ORIGIN, shown);
    };
    expect(signIn.renewalDue(who())).toBe(false);
    expect(await renew(old)).toEqual({ ok: true, cookie: undefined });
    vi.setSystemTime(START + COOKIE_RENEW_AFTER_S * 1_000 + DAY_MS);
    expect(signIn.renewalDue(who())).toBe(true);
    // [S9] Without the client's key nothing is issued, and nothing is settled.
    expect(await renew(old, "https://other.test")).toEqual({ ok: false });
    expect(await signIn.renew(who(), "A".repeat(86), ORIGIN, old)).toEqual({ ok: false });
    expect(who().renewal).toBeUndefined();
    const { cookie: fresh = "" } = await renew(old);
    expect(fresh).toMatch(/^[A-Za-z0-9_-]{43}$/);
    // The answer with the new cookie was lost: the client goes on with the old one.
    expect(signIn.admit(old, undefined).ok).toBe(true);
    await signIn.seen(who(), "192.0.2.1", old);
    expect(await renew(old)).toEqual({ ok: true, cookie: undefined });
    vi.setSystemTime(Date.now() + 61_000);
    const { cookie: again = "" } = await renew(old);
    expect(again).not.toBe(fresh);
    expect(signIn.admit(fresh, undefined)).toMatchObject({ ok: false });
    // Shown, but not proved: both count.
    expect(signIn.admit(again, undefined).ok).toBe(true);
    expect(signIn.admit(old, undefined).ok).toBe(true);
    await signIn.seen(who(), "192.0.2.1", again);
    expect(signIn.admit(old, undefined)).toEqual({ ok: false, reason: "auth_required" });
    expect(signIn.admit(again, undefined).ok).toBe(true);
    const text = await readFile(join(dir, "clients.json"), "utf8");
    for (const cookie of [old, fresh, again]) expect(text).not.toContain(cookie);
    expect((await stat(join(dir, "clients.json"))).mode & 0o777).toBe(0o600);
  });

  test("ends after 180 days; a revoked one is told so, a renewed one as well", async () => {
    const { clients, signIn } = await setUp();
    const [cookie, renewed] = [random256(), random256()];
    await clients.add(record(cookie, { renewal: { sha256: sha256(renewed), issued: START } }));
    vi.setSystemTime(START + COOKIE_TTL_S * 1_000 - 1);
    expect(signIn.admit(cookie, undefined).ok).toBe(true);
    vi.setSystemTime(START + COOKIE_TTL_S * 1_000);
    expect(signIn.admit(cookie, undefined)).toEqual({ ok: false, reason: "auth_required" });
    await signIn.admin.revoke("c".repeat(22), { by: "console", endSessions: false });
    for (const one of [cookie, renewed]) {
      expect(signIn.admit(one, undefined)).toEqual({ ok: false, reason: "client_revoked" });
    }
    expect(signIn.admit(undefined, undefined)).toEqual({ ok: false, reason: "auth_required" });
  });

  test("[S11] a visit that is noted while the client is revoked does not bring it back", async () => {
    const { clients, signIn } = await setUp();
    const cookie = random256();
    const client = record(cookie);
    await clients.add(client);
    vi.setSystemTime(START + 2 * DAY_MS);
    const visit = signIn.seen(client, "192.0.2.2", cookie);
    const revoked = signIn.admin.revoke(client.client_id, { by: "console", endSessions: false });
    // Before anything was written.
    expect(signIn.admit(cookie, undefined)).toEqual({ ok: false, reason: "client_revoked" });
    await Promise.all([visit, revoked]);
    await signIn.seen(client, "192.0.2.3", cookie);
    expect((await ClientStore.open(dir)).list()).toEqual([]);
  });

  test("[S2] [S11] a revocation that cannot be written counts all the same, and is told as a failure", async () => {
    const { clients, signIn } = await setUp();
    const cookie = random256();
    await clients.add(record(cookie));
    const closed: string[] = [];
    signIn.admin.onClosing(({ clientId }) => void closed.push(clientId));
    await rm(dir, { recursive: true });
    const revoke = signIn.admin.revoke("c".repeat(22), { by: "console", endSessions: false });
    await expect(revoke).rejects.toThrow();
    expect(closed).toEqual(["c".repeat(22)]);
    expect(signIn.admit(cookie, undefined)).toEqual({ ok: false, reason: "client_revoked" });
  });
});

describe("[S14] users by header", () => {
  test.each<[string, Identity | undefined, boolean, string[]]>([
    ["the client's user", header("ada"), true, []],
    ["another user: its links close", header("bob"), false, ["identity_changed"]],
    ["nobody: the request came around the reverse proxy, and ends nothing", undefined, false, []],
  ])("%s", async (_, identity, ok, reasons) => {
    const { clients, signIn } = await setUp(true);
    const cookie = random256();
    await clients.add(record(cookie));
    const closed: string[] = [];
    signIn.admin.onClosing(({ reason }) => void closed.push(reason));
    expect(signIn.admit(cookie, identity).ok).toBe(ok);
    expect(closed).toEqual(reasons);
  });

  test("[S15] without a header the identity has no roles and is the client's user", async () => {
    const { clients, signIn } = await setUp();
    const cookie = random256();
    await clients.add(record(cookie));
    expect(signIn.admit(cookie, undefined)).toMatchObject({
      identity: { kind: "identity", user: "ada", roles: [], source: "pairing" },
    });
  });
});
