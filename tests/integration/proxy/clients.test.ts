/** Paired clients over the link: list, rename, revoke, new codes; what a revocation undoes [S11]. */
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDemoLab } from "#demo/demo-lab.ts";
import { askRunningProxy } from "#proxy/console/console-inbox.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { admin, auditOf, clientsOf } from "#support/wire-admin.ts";
import { type Target, WirePage } from "#support/wire-client.ts";
import { type PairedClient, pairClient, randomId, requestPairing, signOut } from "#support/wire-pairing.ts";
import { attachTo, listSessions } from "#support/wire-rig.ts";

/** The first of the simulated devices. */
async function demo(page: WirePage): Promise<Target> {
  const { payload } = await page.next("devices_changed");
  const [first] = payload.records;
  if (first === undefined) throw new Error("no simulated device");
  return first.target;
}
let proxy: TestProxy;
let owner: PairedClient;
let silent: Server;
const sockets = new Set<Socket>();
const silentPort = () => (silent.address() as { port: number }).port;
const me = (client: PairedClient) => fetch(`${client.url}/api/me`, { headers: { Cookie: client.cookie } });
const another = async (label: string) => pairClient(await proxy.pairUrl(), label);

beforeAll(async () => {
  silent = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
  });
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  proxy = await startTestProxy({ demo: await startDemoLab({ seed: 4, pace: 0 }), ports: [silentPort()] });
  owner = await another("owner's tablet");
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  silent.close();
  await proxy.stop();
});

describe("[S11] paired clients", () => {
  test("are listed with label, dates, address and key fingerprint, and nothing that opens anything", async () => {
    const other = await another("old phone");
    const page = await WirePage.open(owner);
    const list = await clientsOf(page);
    expect(list.find((one) => one.this)).toMatchObject({ client_id: owner.clientId, online: true, user: "owner" });
    const phone = list.find(({ label }) => label === "old phone");
    expect(phone).toMatchObject({ client_id: other.clientId, this: false, online: false });
    expect(phone?.key).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    expect(phone?.last_addr).toMatch(/^(127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)$/);
    expect(JSON.stringify(list)).not.toContain(other.cookie.split("=")[1]);
    await page.close();
  });

  test("are renamed; an id that is not there is told so", async () => {
    const other = await another("tablet");
    const page = await WirePage.open(owner);
    const answer = await admin.rename(page, other.clientId, "  Rack 14  ");
    expect(answer).toMatchObject({ action: "clients" });
    expect((await clientsOf(page)).find(({ client_id }) => client_id === other.clientId)?.label).toBe("Rack 14");
    expect(await (await me(other)).json()).toMatchObject({ label: "Rack 14" });
    expect(await admin.rename(page, randomId(), "x")).toMatchObject({
      action: "error",
      payload: { code: "gone", reason: "client" },
    });
    await page.close();
  });

  test("[S93] a name that it has already is no event, and names cannot be given without end", async () => {
    const other = await another("flooding");
    const page = await WirePage.open(other);
    for (let i = 0; i < 3; i += 1)
      expect(await admin.rename(page, other.clientId, "twice")).toMatchObject({ action: "clients" });
    const refusals = [];
    for (let i = 0; i < 80; i += 1) {
      const answer = await admin.rename(page, other.clientId, `name ${i}`);
      if (answer.action === "error") refusals.push(answer.payload);
    }
    expect(refusals.length).toBeGreaterThan(15);
    expect(refusals[0]).toMatchObject({ code: "limit", reason: "renames", retry_after_s: expect.any(Number) });
    const renames = (await auditOf(page, "client.renamed")).filter(({ client }) => client === other.clientId);
    expect(renames.filter(({ label }) => label === "twice")).toHaveLength(1);
    expect(renames.length).toBeLessThanOrEqual(80 - refusals.length + 1);
    await page.close();
  });

  test("a revoked one loses its link at once, its cookie, its key and its tokens; its session stays for the owner", async () => {
    const stolen = await another("stolen");
    const page = await WirePage.open(owner);
    const thief = await WirePage.open(stolen);
    const session = await thief.connect(await demo(thief), { grace_s: 900 });
    await session.waitFor(/[>#]/);
    // It reads nothing any more, and so goes on sending after the proxy has closed.
    thief.socket.pause();
    const answer = await admin.revoke(page, stolen.clientId);
    expect(answer).toMatchObject({ action: "clients" });
    session.type("canary-after-revocation");
    await listSessions(page);
    thief.socket.resume();
    expect(await thief.closed).toMatchObject({ code: 4501, reason: "client_revoked" });
    const after = await me(stolen);
    expect([after.status, await after.json()]).toEqual([401, { reason: "client_revoked" }]);
    await expect(WirePage.open(stolen)).rejects.toThrow();

    const listed = (await listSessions(page)).find(({ sid }) => sid === session.connected.sid);
    expect(listed).toMatchObject({ status: "detached" });
    // The token alone is worth nothing to another client; the owner takes the session by an explicit act.
    expect(await attachTo(page, session.asRequest(), false)).toMatchObject({ status: "gone", reason: "expired" });
    const { token: _, ...wish } = session.asRequest({ in_pos: null, known_epoch: 0 });
    const state = await attachTo(page, wish, true);
    expect(state.token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    session.resumeOn(page, state);
    const from = session.text.length;
    session.type("?");
    await page.until(() => (session.text.length > from ? true : undefined), "an answer to the key");
    expect(session.text).not.toContain("canary");
    await session.request("disconnect", {} as never);
    await page.close();
  });

  test("a revocation may end the sessions too", async () => {
    const other = await another("borrowed");
    const page = await WirePage.open(owner);
    const theirs = await WirePage.open(other);
    const session = await theirs.connect(await demo(theirs));
    await admin.revoke(page, other.clientId, true);
    expect(await theirs.closed).toMatchObject({ code: 4501 });
    expect((await listSessions(page)).map(({ sid }) => sid)).not.toContain(session.connected.sid);
    await page.close();
  });

  test("[HC4] what a client is setting up when it is revoked comes to nothing", async () => {
    const other = await another("connecting");
    const page = await WirePage.open(owner);
    const theirs = await WirePage.open(other);
    const opened = once(silent, "connection") as Promise<[Socket]>;
    theirs.startConnect({ host: "127.0.0.1", port: silentPort(), user: "op", via: [] });
    const [socket] = await opened;
    const closed = once(socket, "close");
    socket.resume();
    await admin.revoke(page, other.clientId);
    await closed;
    expect(await listSessions(page)).toEqual([]);
    await page.close();
  });

  test("a client may revoke itself", async () => {
    const other = await another("leaving");
    const page = await WirePage.open(other);
    const answer = admin.revoke(page, other.clientId).catch(() => undefined);
    expect(await page.closed).toMatchObject({ code: 4501 });
    await answer;
    expect((await me(other)).status).toBe(401);
  });

  test("rackside revoke and disable reach the proxy that runs", async () => {
    const other = await another("console");
    const page = await WirePage.open(other);
    const request = { kind: "revoke", client_id: other.clientId, end_sessions: false } as const;
    expect(await askRunningProxy(proxy.dataDir, request)).toEqual({ done: true });
    expect(await page.closed).toMatchObject({ code: 4501 });
    expect(await askRunningProxy(proxy.dataDir, request)).toEqual({ done: false });
    expect(proxy.said).toContain('Revoked: "console".');
  });
});

describe("[S9] a cookie alone is worth nothing", () => {
  test("signing out needs the client's key, over a nonce of its own, once", async () => {
    const target = await another("target");
    const stranger = await another("stranger");
    const post = (body: unknown) =>
      fetch(`${proxy.url}/api/sign-out`, {
        method: "POST",
        headers: { Cookie: target.cookie, Origin: proxy.url, "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
    const nonce = async () => ((await (await me(target)).json()) as { nonce: string }).nonce;
    expect((await post({})).status).toBe(400);
    // No nonce was asked for.
    expect((await post({ sig: await target.signSignOut("x".repeat(43)) })).status).toBe(403);
    expect((await post({ sig: await stranger.signSignOut(await nonce()) })).status).toBe(403);
    const used = await nonce();
    expect((await post({ sig: "A".repeat(86) })).status).toBe(403);
    expect((await post({ sig: await target.signSignOut(used) })).status).toBe(403);
    const older = await nonce();
    await nonce();
    expect((await post({ sig: await target.signSignOut(older) })).status).toBe(403);
    expect((await me(target)).status).toBe(200);
    expect((await signOut(target)).status).toBe(200);
    expect((await me(target)).status).toBe(401);
  });
});

describe("[S6] codes from a paired client", () => {
  test("pair another device, once; as many are open as there may be", async () => {
    const page = await WirePage.open(owner);
    const made: string[] = [];
    let refused: unknown;
    for (let i = 0; i < 12 && refused === undefined; i += 1) {
      const answer = await admin.pairing(page);
      if (answer.action === "pairing") made.push(answer.payload.code);
      else if (answer.action === "error") refused = answer.payload;
    }
    expect(refused).toMatchObject({ code: "limit", reason: "pairings" });
    expect(made.length).toBeGreaterThan(0);
    const [first = "", second = ""] = made;
    expect(first).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    expect(await requestPairing(proxy.url, first, { label: "new tablet" })).toMatchObject({ status: 200 });
    expect(await requestPairing(proxy.url, first)).toMatchObject({
      status: 403,
      body: { code: "pair_used", label: "new tablet" },
    });
    expect((await requestPairing(proxy.url, second)).status).toBe(200);
    expect((await admin.pairing(page)).action).toBe("pairing");
    await page.close();
  });
});
