/** Rows of section 16 of the security design: what a request gets that is not from one of our pages, and what stays. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openRaw, statusOf } from "#support/raw-http.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { WirePage } from "#support/wire-client.ts";
import { type PairedClient, pairClient } from "#support/wire-pairing.ts";

let proxy: TestProxy;
let client: PairedClient;
/** Somebody at work, who must notice nothing. */
let page: WirePage;
beforeAll(async () => {
  proxy = await startTestProxy();
  client = await pairClient(await proxy.pairUrl(), "at work");
  page = await WirePage.open(client);
});
afterAll(async () => {
  page.socket.close();
  await proxy.stop();
});

async function auditText(): Promise<string> {
  const files = (await readdir(proxy.dataDir, { recursive: true })).filter((name) => /audit.*\.jsonl?$/.test(name));
  return (await Promise.all(files.map((name) => readFile(join(proxy.dataDir, name), "utf8")))).join("");
}
/** Refusals that were audited, as `reason origin`. */
async function refusals(): Promise<string[]> {
  const lines = (await auditText()).split("\n").filter((line) => line !== "");
  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return entries
    .filter(({ event }) => event === "link.refused")
    .map(({ reason, origin }) => `${String(reason)} ${String(origin)}`);
}
async function clientsFile(): Promise<string> {
  return readFile(join(proxy.dataDir, "clients.json"), "utf8");
}

type Case = { line: string; headers: Record<string, string>; status: number; code: string; origin?: string };
const UPGRADE = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Protocol": "rackside.v1",
};
const POST = { "Content-Type": "application/json", "Content-Length": "2" };

describe("section 16: foreign requests", () => {
  const cases = (): Record<string, Case> => {
    const host = `localhost:${proxy.port}`;
    const post = (headers: Record<string, string>, rest: Partial<Case> = {}): Case => ({
      line: "POST /api/sign-out",
      headers: { Host: host, Cookie: client.cookie, ...POST, ...headers },
      status: 403,
      code: "origin_denied",
      ...rest,
    });
    const upgrade = (headers: Record<string, string>, rest: Partial<Case> = {}): Case => ({
      ...post({}, rest),
      line: "GET /s/any/v1",
      headers: { Host: host, Cookie: client.cookie, ...UPGRADE, ...headers },
    });
    const ours = { Origin: proxy.url };
    const unknown = { status: 421, code: "host_unknown" };
    return {
      "post without Origin": post({}),
      "post with Origin null": post({ Origin: "null" }, { origin: "null" }),
      "post of another site": post({ Origin: "http://evil.example" }, { origin: "http://evil.example" }),
      "post of another port of this machine": post({ Origin: "http://localhost:1" }, { origin: "http://localhost:1" }),
      "post that the browser calls same-site": post({ ...ours, "Sec-Fetch-Site": "same-site" }, { origin: proxy.url }),
      "post to a name that was rebound": post({ ...ours, Host: `rebound.example:${proxy.port}` }, unknown),
      "upgrade without Origin": upgrade({}),
      "upgrade with Origin null": upgrade({ Origin: "null" }, { origin: "null" }),
      "upgrade of another site": upgrade({ Origin: "http://evil.example" }, { origin: "http://evil.example" }),
      "upgrade with our name and another scheme": upgrade({ Origin: proxy.url.replace("http", "https") }),
      "upgrade that the browser calls cross-site": upgrade({ ...ours, "Sec-Fetch-Site": "cross-site" }),
      "upgrade to a name that was rebound": upgrade(
        { Origin: "http://rebound.example", Host: "rebound.example" },
        unknown,
      ),
      "page of a name that was rebound": { line: "GET /", headers: { Host: "rebound.example" }, ...unknown },
      "page without Host": { line: "GET /", headers: {}, ...unknown },
    };
  };

  test.each([
    "post without Origin",
    "post with Origin null",
    "post of another site",
    "post of another port of this machine",
    "post that the browser calls same-site",
    "post to a name that was rebound",
    "upgrade without Origin",
    "upgrade with Origin null",
    "upgrade of another site",
    "upgrade with our name and another scheme",
    "upgrade that the browser calls cross-site",
    "upgrade to a name that was rebound",
    "page of a name that was rebound",
    "page without Host",
  ])("[S17] [S18] [HP1] %s: refused with its code, audited, and nothing else changes", async (name) => {
    const one = cases()[name] ?? expect.fail(name);
    const before = { clients: await clientsFile(), audited: (await refusals()).length };
    const raw = await openRaw({ port: proxy.port });
    // HTTP/1.0 may leave Host out; 1.1 without it is no request at all.
    const version = one.headers.Host === undefined ? "1.0" : "1.1";
    const head = Object.entries(one.headers).map(([key, value]) => `${key}: ${value}\r\n`);
    raw.send(`${one.line} HTTP/${version}\r\n${head.join("")}\r\n${one.line.startsWith("POST") ? "{}" : ""}`);
    const answer = await raw.closed;
    expect(statusOf(answer)).toBe(one.status);
    expect(answer).toContain(one.code);
    expect(answer).toContain("Content-Security-Policy: default-src 'none'");
    expect(answer).not.toMatch(/Set-Cookie|Access-Control|<title>/i);
    await vi.waitFor(async () => expect((await refusals()).length).toBe(before.audited + 1));
    const [reason, origin] = (await refusals()).at(-1)?.split(" ") ?? [];
    expect(reason).toBe(one.code);
    if (one.origin !== undefined) expect(origin).toBe(one.origin);
    expect(await clientsFile()).toBe(before.clients);
    expect(page.socket.readyState).toBe(page.socket.OPEN);
    const again = await fetch(`${proxy.url}/api/me`, { headers: { Cookie: client.cookie } });
    expect(again.status).toBe(200);
  });
});
