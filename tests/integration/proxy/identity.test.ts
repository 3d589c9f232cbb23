/** Several users by the header of a reverse proxy: who is believed, and what users see of each other [S12] [S13] [S14]. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDemoLab } from "#demo/demo-lab.ts";
import { askRunningProxy } from "#proxy/console/console-inbox.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { admin, auditOf, clientsOf } from "#support/wire-admin.ts";
import { WirePage } from "#support/wire-client.ts";
import { codeOf, type PairedClient, pairClient, randomId, requestPairing } from "#support/wire-pairing.ts";
import { attachTo, listSessions } from "#support/wire-rig.ts";

const SECRET = "a-shared-secret-of-some-length";
let dir: string;
let proxy: TestProxy;
const as = (user: string, more: Record<string, string> = {}) => ({
  "X-User": user,
  "X-Secret": SECRET,
  "X-Forwarded-For": "198.51.100.7",
  ...more,
});
/** A paired client of that user, with the headers that its requests carry. */
type Known = { client: PairedClient; headers: Record<string, string> };
async function pair(user: string, label: string, more: Record<string, string> = {}): Promise<Known> {
  const headers = as(user, more);
  const local = new URL(await proxy.pairUrl());
  local.hostname = "127.0.0.1";
  return { client: await pairClient(local.href, label, headers), headers };
}
const open = ({ client, headers }: Known) => WirePage.open(client, { headers });
const me = ({ client }: Known, headers: Record<string, string>) =>
  fetch(`${client.url}/api/me`, { headers: { Cookie: client.cookie, ...headers } });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "rackside-identity-"));
  await writeFile(join(dir, "secret"), SECRET);
  proxy = await startTestProxy({
    demo: await startDemoLab({ seed: 4, pace: 0 }),
    config: {
      trusted_proxies: ["127.0.0.1"],
      identity: {
        user_header: "X-User",
        groups_header: "X-Groups",
        administrators: ["netadmins"],
        secret_header: "X-Secret",
        secret_file: join(dir, "secret"),
      },
    },
  });
});
afterAll(async () => {
  await proxy.stop();
  await rm(dir, { recursive: true, force: true });
});

describe("[S13] who is believed", () => {
  test("a listed peer with the secret names the user, and the forwarded address is the client's", async () => {
    const ada = await pair("ada", "ada's iPad");
    expect(await (await me(ada, ada.headers)).json()).toMatchObject({ user: "ada", roles: ["user"] });
    const page = await open(ada);
    expect(page.welcome?.user).toBe("ada");
    expect((await clientsOf(page)).map(({ last_addr }) => last_addr)).toEqual(["198.51.100.7"]);
    await page.close();
  });

  test("identity_untrusted: from another peer, with a wrong secret or without one, for requests and upgrades", async () => {
    const { port } = proxy;
    const get = async (url: string, headers: Record<string, string>) => {
      const response = await fetch(url, { headers });
      return [response.status, await response.json()];
    };
    const refused = [400, { code: "identity_untrusted" }];
    expect(await get(`http://127.0.0.1:${port}/`, as("ada", { "X-Secret": "guess" }))).toEqual(refused);
    expect(await get(`http://127.0.0.1:${port}/healthz`, { "X-User": "ada" })).toEqual(refused);
    expect(await get(`http://127.0.0.1:${port}/api/me`, as("ada, bob"))).toEqual(refused);
    // The other loopback address is not in trusted_proxies.
    expect(await get(`http://[::1]:${port}/`, as("ada"))).toEqual(refused);
    expect(await get(`http://[::1]:${port}/`, { "X-Forwarded-For": "10.0.0.1" })).toEqual(refused);
    expect((await fetch(`http://[::1]:${port}/`)).status).toBe(200);
    const ada = await pair("ada", "second");
    const upgrade = WirePage.dial(ada.client, { headers: as("ada", { "X-Secret": "guess" }) });
    await expect(upgrade).rejects.toThrow();
    expect(
      proxy.log.some(({ event, fields }) => event === "link.refused" && fields.reason === "identity_untrusted"),
    ).toBe(true);
  });

  test("without a name nobody pairs, and nobody is anybody", async () => {
    const url = `http://127.0.0.1:${proxy.port}`;
    const code = codeOf(await proxy.pairUrl());
    const nameless = { "X-Secret": SECRET };
    expect(await requestPairing(url, code, { headers: nameless })).toMatchObject({
      status: 401,
      body: { code: "auth_required" },
    });
    expect((await requestPairing(url, code, { headers: as("ada") })).status).toBe(200);
    const ada = await pair("ada", "third");
    expect((await me(ada, nameless)).status).toBe(401);
    // A copied cookie that comes around the reverse proxy ends nothing either.
    const page = await open(ada);
    expect((await me(ada, {})).status).toBe(401);
    expect((await listSessions(page)).length).toBe(0);
    await page.close();
  });
});

describe("[S14] the header's user must be the client's", () => {
  test("another user with this cookie is nobody, and the client's links close with 4501", async () => {
    const ada = await pair("ada", "shared tablet");
    const page = await open(ada);
    expect((await me(ada, as("bob"))).status).toBe(401);
    expect(await page.closed).toMatchObject({ code: 4501, reason: "identity_changed" });
    const again = await open(ada);
    await expect(WirePage.open(ada.client, { headers: as("bob") })).rejects.toThrow();
    expect(await again.closed).toMatchObject({ code: 4501 });
    // A request for a file of the app counts as well.
    const third = await open(ada);
    await fetch(`${ada.client.url}/`, { headers: { Cookie: ada.client.cookie, ...as("bob") } });
    expect(await third.closed).toMatchObject({ code: 4501 });
    expect((await me(ada, ada.headers)).status).toBe(200);
  });

  test("[S16] a demoted administrator loses the open links with 4501, before the next request, on every own client", async () => {
    const admins = { "X-Groups": "netadmins" };
    const root = await pair("root", "demoted", admins);
    const second = await pair("root", "demoted too", admins);
    const [page, other] = [await open(root), await open(second)];
    expect(await admin.allowTarget(page, { address: "192.0.2.1", port: 22, label: "x" })).toMatchObject({
      action: "target_allowed",
    });
    const meNow = await me(root, as("root", { "X-Groups": "staff" }));
    expect(await meNow.json()).toMatchObject({ user: "root", roles: ["user"] });
    for (const one of [page, other]) expect(await one.closed).toMatchObject({ code: 4501, reason: "roles_changed" });
    // Paired still, and a user like any other.
    const again = await WirePage.open(root.client, { headers: as("root", { "X-Groups": "staff" }) });
    expect(await admin.allowTarget(again, { address: "192.0.2.2", port: 22, label: "x" })).toMatchObject({
      payload: { code: "refused_by_policy", reason: "role" },
    });
    // The role comes with the next link, and another tablet's old login does not end this one's.
    await me(second, as("root", admins));
    expect(again.socket.readyState).toBe(again.socket.OPEN);
    const promoted = await open(root);
    expect(await again.closed).toMatchObject({ code: 4501, reason: "roles_changed" });
    expect(await admin.allowTarget(promoted, { address: "192.0.2.3", port: 22, label: "x" })).toMatchObject({
      action: "target_allowed",
    });
    await promoted.close();
  });

  test("roles come from the group header: administrators see and revoke all clients, users their own", async () => {
    const ada = await pair("ada", "ada's laptop");
    const root = await pair("root", "admin", { "X-Groups": "ops; netadmins" });
    const page = await open(root);
    const all = await clientsOf(page);
    expect(new Set(all.map(({ user }) => user))).toEqual(new Set(["ada", "root"]));
    const hers = await open(ada);
    await admin.revoke(page, ada.client.clientId);
    expect(await hers.closed).toMatchObject({ code: 4501, reason: "client_revoked" });
    await page.close();
  });
});

describe("[S12] users are apart", () => {
  test("sessions, clients, settings, codes and events of another are answered as if they were not there", async () => {
    const ada = await pair("ada", "hers");
    const bob = await pair("bob", "his");
    const [hers, his] = [await open(ada), await open(bob)];
    const { payload } = await hers.next("devices_changed");
    const session = await hers.connect(payload.records[0]?.target as never);
    expect(await listSessions(his)).toEqual([]);
    const { token: _, ...wish } = session.asRequest();
    const unknown = { ...wish, sid: `n1.${randomId()}` };
    for (const force of [false, true]) {
      const theirs = await attachTo(his, wish, force);
      expect({ ...theirs, sid: "" }).toEqual({ ...(await attachTo(his, unknown, force)), sid: "" });
      expect(theirs).toMatchObject({ status: "gone", reason: "expired" });
    }
    expect((await clientsOf(his)).map(({ label }) => label)).toEqual(["his"]);
    for (const answer of [
      await admin.revoke(his, ada.client.clientId, true),
      await admin.revoke(his, randomId(), true),
      await admin.rename(his, ada.client.clientId, "mine"),
    ]) {
      expect(answer).toMatchObject({ action: "error", payload: { code: "gone", reason: "client" } });
    }
    const before = his.messages.length;
    await hers.setTheme("crt-amber", 0);
    expect((await listSessions(hers)).length).toBe(1);
    await listSessions(his);
    expect(his.messages.slice(before).map(({ action }) => action)).toEqual(["sessions"]);

    const code = await admin.pairing(hers);
    if (code.action !== "pairing") throw new Error("no code");
    const url = `http://127.0.0.1:${proxy.port}`;
    expect(await requestPairing(url, code.payload.code, { headers: as("bob") })).toMatchObject({
      status: 403,
      body: { code: "pair_invalid", tries_left: 4 },
    });
    expect((await requestPairing(url, code.payload.code, { headers: as("ada") })).status).toBe(200);

    const events = await auditOf(his);
    expect(events.length).toBeGreaterThan(0);
    expect(new Set(events.map(({ user }) => user))).toEqual(new Set(["bob"]));
    expect((await auditOf(hers, "session.")).map(({ event }) => event)).toContain("session.opened");
    await Promise.all([hers.close(), his.close()]);
  });
});

describe("[S11] a disabled user", () => {
  test("loses links, clients and sessions at once, and cannot pair until enabled again", async () => {
    const eve = await pair("eve", "eve's");
    const ada = await pair("ada", "ada's");
    const [hers, others] = [await open(eve), await open(ada)];
    const { payload } = await hers.next("devices_changed");
    await hers.connect(payload.records[0]?.target as never);
    const sessions = proxy.sessions;
    expect(await askRunningProxy(proxy.dataDir, { kind: "disable", user: "eve" })).toEqual({ done: true });
    expect(await hers.closed).toMatchObject({ code: 4501, reason: "user_disabled" });
    expect(proxy.sessions).toBe(sessions - 1);
    const after = await me(eve, eve.headers);
    expect([after.status, await after.json()]).toEqual([401, { reason: "client_revoked" }]);
    await expect(pair("eve", "again")).rejects.toThrow(/auth_required/);
    // Nobody else notices.
    await listSessions(others);
    await askRunningProxy(proxy.dataDir, { kind: "enable", user: "eve" });
    expect((await pair("eve", "again")).client.clientId).toMatch(/^.{22}$/);
    await others.close();
  });
});
