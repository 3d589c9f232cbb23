/** The renewed cookie: only who has the client's key gets one, or makes the old one worthless [S8] [S9]. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { COOKIE_RENEW_AFTER_S } from "#protocol/limits.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { WirePage } from "#support/wire-client.ts";
import { type PairedClient, pairClient, renew } from "#support/wire-pairing.ts";

const DAY_S = 86_400;
let proxy: TestProxy;
let client: PairedClient;
const me = (cookie: string) => fetch(`${proxy.url}/api/me`, { headers: { Cookie: cookie } });
const cookieOf = (response: Response) => response.headers.get("set-cookie")?.split(";", 1)[0] ?? "";
const stored = () => readFile(join(proxy.dataDir, "clients.json"), "utf8");
/** The proxy is in this process and has its clock. */
const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1_000);

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  proxy = await startTestProxy();
  client = await pairClient(await proxy.pairUrl());
  later(COOKIE_RENEW_AFTER_S + DAY_S);
});
afterEach(async () => {
  await proxy.stop();
  vi.useRealTimers();
});

describe("[S9] a copied cookie without the key", () => {
  test("gets no new one, changes nothing, and does not make the owner's worthless", async () => {
    const before = await stored();
    const asked = await me(client.cookie);
    expect([cookieOf(asked), await asked.json()]).toEqual(["", expect.objectContaining({ renew: true })]);
    const forged = await renew(client, "A".repeat(86));
    expect([forged.status, cookieOf(forged)]).toEqual([403, ""]);
    later(61);
    expect((await me(client.cookie)).status).toBe(200);
    expect(await stored()).toBe(before);
  });

  test("does not settle one that the owner has asked for", async () => {
    const fresh = cookieOf(await renew(client));
    expect(fresh).toMatch(/^rackside-lo=[A-Za-z0-9_-]{43}$/);
    const before = await stored();
    expect((await me(fresh)).status).toBe(200);
    expect((await renew({ ...client, cookie: fresh }, "A".repeat(86))).status).toBe(403);
    const { page } = await WirePage.dial({ ...client, cookie: fresh });
    await page.close();
    expect((await me(client.cookie)).status).toBe(200);
    expect(await stored()).toBe(before);
  });
});

describe("[S8] the owner", () => {
  test("gets a new cookie by a signed request, and a signed hello with it makes the old one worthless", async () => {
    const fresh = cookieOf(await renew(client));
    // Within a minute there is no second one, for another tab say.
    expect(await (await renew(client)).json()).toEqual({ renewed: false });
    const page = await WirePage.open({ ...client, cookie: fresh });
    await expect.poll(async () => (await me(client.cookie)).status).toBe(401);
    expect(await (await me(fresh)).json()).toMatchObject({ client_id: client.clientId, renew: false });
    await page.close();
  });

  test("a signed request with the new cookie settles it as well; an answer that is lost costs no pairing", async () => {
    const lost = cookieOf(await renew(client));
    later(61);
    const fresh = cookieOf(await renew(client));
    expect(fresh).not.toBe(lost);
    expect((await me(lost)).status).toBe(401);
    expect((await me(client.cookie)).status).toBe(200);
    expect(await (await renew({ ...client, cookie: fresh })).json()).toEqual({ renewed: false });
    expect((await me(client.cookie)).status).toBe(401);
    expect((await me(fresh)).status).toBe(200);
  });
});
