/** What a browser, another page, or another machine may ask of the proxy's port. */
import { stat } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { codeOf, type PairedClient, pairClient, randomId, requestPairing, signOut } from "#support/wire-pairing.ts";

let proxy: TestProxy;
let client: PairedClient;

beforeAll(async () => {
  proxy = await startTestProxy();
  client = await pairClient(await proxy.pairUrl(), "rack tablet");
});

afterAll(() => proxy.stop());

/** A request with any headers, as fetch would not let us. */
function raw(
  path: string,
  headers: Record<string, string>,
  method = "GET",
  body = "",
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    const req = request({ host: "127.0.0.1", port: proxy.port, path, method, headers, agent: false }, (res) => {
      let text = "";
      res.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      res.on("end", () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: text }));
    });
    req.on("error", reject);
    req.end(body);
  });
}

const UPGRADE = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Protocol": "rackside.v1",
};

describe("static files", () => {
  test("[S79] the page is no-cache, hashed assets are kept for ever, unknown paths and other methods are refused", async () => {
    const page = await fetch(proxy.url);
    expect(page.status).toBe(200);
    expect(page.headers.get("cache-control")).toBe("no-cache");
    expect(await page.text()).toContain("<title>test</title>");
    const asset = await fetch(`${proxy.url}/assets/index-0123abcd.js`);
    expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(asset.headers.get("content-encoding")).toBe("gzip");
    expect((await fetch(proxy.url, { headers: { "If-None-Match": page.headers.get("etag") ?? "" } })).status).toBe(304);
    for (const path of ["/nothing", "/../clients.json", "/%2e%2e/clients.json", "/assets"]) {
      expect((await raw(path, { Host: `localhost:${proxy.port}` })).status).toBe(404);
    }
    expect((await raw("/", { Host: `localhost:${proxy.port}`, Origin: proxy.url }, "POST")).status).toBe(405);
  });

  test("[S74] [S77] [S78] every answer carries the security headers, an error too", async () => {
    for (const path of ["/", "/assets/index-0123abcd.js", "/nothing", "/api/me", "/healthz"]) {
      const { headers } = await fetch(proxy.url + path);
      expect(headers.get("content-security-policy")).toContain(`connect-src 'self' ws://localhost:${proxy.port};`);
      expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("permissions-policy")).toContain("serial=()");
    }
  });
});

describe("who may ask", () => {
  test("[S18] a Host that is not served gets 421, for static files and health too", async () => {
    for (const host of ["evil.example", "localhost", `127.0.0.2:${proxy.port}`, `localhost:1`]) {
      for (const path of ["/", "/healthz", "/api/me"]) expect((await raw(path, { Host: host })).status).toBe(421);
    }
    const health = await raw("/healthz", { Host: `127.0.0.1:${proxy.port}` });
    expect(health).toMatchObject({ status: 200, body: "ok" });
  });

  test.each([
    ["absent", {}],
    ["null", { Origin: "null" }],
    ["foreign", { Origin: "http://evil.example" }],
    ["another port", { Origin: "http://localhost:1" }],
    ["another scheme", { Origin: "https://localhost" }],
  ])("[S17] a post and an upgrade with an Origin that is %s get 403", async (_what, headers) => {
    const host = { Host: `localhost:${proxy.port}` };
    const post = await raw("/api/pair", { ...host, ...headers, "Content-Type": "application/json" }, "POST", "{}");
    expect(post).toMatchObject({ status: 403, body: expect.stringContaining("origin_denied") });
    const upgrade = await raw("/s/any/v1", {
      ...host,
      ...UPGRADE,
      ...(headers as Record<string, string>),
      Cookie: client.cookie,
    });
    expect(upgrade.status).toBe(403);
  });

  test("[S17] cross-site by Sec-Fetch-Site is refused whatever Origin says", async () => {
    const headers = { Host: `localhost:${proxy.port}`, Origin: proxy.url, "Sec-Fetch-Site": "cross-site" };
    expect((await raw("/api/sign-out", headers, "POST")).status).toBe(403);
  });

  test("[S19] an upgrade without a valid cookie gets 401, another path or node 404, no subprotocol 400", async () => {
    const base = { Host: `localhost:${proxy.port}`, Origin: proxy.url, ...UPGRADE };
    expect((await raw("/s/any/v1", base)).status).toBe(401);
    expect((await raw("/s/any/v1", { ...base, Cookie: `rackside-lo=${"x".repeat(43)}` })).status).toBe(401);
    expect((await raw("/s/other/v1", { ...base, Cookie: client.cookie })).status).toBe(404);
    const { "Sec-WebSocket-Protocol": _, ...bare } = base;
    expect((await raw("/s/any/v1", { ...bare, Cookie: client.cookie })).status).toBe(400);
  });

  test("limits: headers beyond 8 KiB get 431, a body beyond 64 KiB 413, no JSON 415", async () => {
    const host = { Host: `localhost:${proxy.port}`, Origin: proxy.url };
    expect((await raw("/", { ...host, "X-Long": "x".repeat(9_000) })).status).toBe(431);
    const json = { ...host, "Content-Type": "application/json" };
    expect((await raw("/api/pair", json, "POST", JSON.stringify({ code: "x".repeat(70_000) }))).status).toBe(413);
    expect((await raw("/api/pair", host, "POST", "code=1")).status).toBe(415);
    expect((await raw("/api/pair", json, "POST", "{")).status).toBe(400);
  });
});

describe("pairing and identity", () => {
  test("[S21] /api/me: 200 with who I am, 401 with the reason, client_revoked after a sign-out", async () => {
    const other = await pairClient(await proxy.pairUrl(), "borrowed");
    const me = (cookie?: string) =>
      fetch(`${proxy.url}/api/me`, { headers: cookie === undefined ? {} : { Cookie: cookie } });
    expect(await (await me(other.cookie)).json()).toEqual({
      user: "owner",
      label: "borrowed",
      client_id: other.clientId,
      roles: [],
      nonce: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      renew: false,
    });
    expect(await (await me()).json()).toEqual({ reason: "auth_required" });
    const out = await signOut(other);
    expect(out.headers.get("set-cookie")).toMatch(/^rackside-lo=; Max-Age=0/);
    const after = await me(other.cookie);
    expect([after.status, await after.json()]).toEqual([401, { reason: "client_revoked" }]);
  });

  test("[S6] [S10] a secret works once; a second use is told whose it was; wrong ones burn it after 5", async () => {
    const used = codeOf(await proxy.pairUrl());
    expect((await requestPairing(proxy.url, used, { label: "first" })).status).toBe(200);
    expect(await requestPairing(proxy.url, used)).toMatchObject({
      status: 403,
      body: { code: "pair_used", label: "first" },
    });
    expect(proxy.said.some((line) => line.includes('Paired: "first"'))).toBe(true);
    const { link, code } = await proxy.newPairing();
    const left: unknown[] = [];
    for (let i = 0; i < 5; i += 1) left.push((await requestPairing(proxy.url, randomId())).body.tries_left);
    expect(left).toEqual([4, 3, 2, 1, 0]);
    expect(await requestPairing(proxy.url, link)).toMatchObject({ status: 403, body: { code: "pair_invalid" } });
    expect(await requestPairing(proxy.url, code)).toMatchObject({ status: 403 });
  });

  test("[S5] the typed code pairs too, as people type it", async () => {
    const { code } = await proxy.newPairing();
    const typed = `${code.slice(0, 4)} - ${code.slice(4)}`.toLowerCase();
    expect((await requestPairing(proxy.url, typed, { label: "by hand" })).status).toBe(200);
  });

  test("[S7] a signature over another code, or a client id that is taken, is refused", async () => {
    const first = codeOf(await proxy.pairUrl());
    expect((await requestPairing(proxy.url, first, { signedCode: "another" })).status).toBe(403);
    expect((await requestPairing(proxy.url, first, { clientId: client.clientId })).status).toBe(403);
  });

  test("[S8] the cookie is HttpOnly, SameSite=Strict, for 180 days; state files are for the owner alone", async () => {
    const reply = await fetch(`${proxy.url}/api/me`, { headers: { Cookie: client.cookie } });
    expect(reply.headers.get("cache-control")).toBe("no-store");
    const { cookie } = await requestPairing(proxy.url, codeOf(await proxy.pairUrl()));
    expect(cookie).toMatch(/^rackside-lo=[A-Za-z0-9_-]{43}$/);
    const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
    expect(await mode(proxy.dataDir)).toBe("700");
    expect(await mode(join(proxy.dataDir, "clients.json"))).toBe("600");
    expect(await mode(join(proxy.dataDir, "pairings"))).toBe("700");
  });

  test("pairing tries are limited per address, with Retry-After", async () => {
    const strict = await startTestProxy({ config: { limits: { pairings_per_address_per_min: 2 } } });
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await requestPairing(strict.url, randomId())).status);
    expect(statuses).toEqual([403, 403, 429]);
    await strict.stop();
  });
});
