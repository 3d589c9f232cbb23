/** Every answer carries exactly these headers, word for word as the security design has them. */
import { readFile } from "node:fs/promises";
import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assetOf } from "#proxy/http/static-table.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self' SOCKET; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default";
const PERMISSIONS =
  "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), display-capture=(), " +
  "accelerometer=(), gyroscope=(), magnetometer=(), clipboard-read=(self), clipboard-write=(self), " +
  "screen-wake-lock=(self), fullscreen=(self), publickey-credentials-get=(self), publickey-credentials-create=(self)";

const BODY = Buffer.from("export {};".repeat(200));
const FILES = new Map(
  ["/", "/index.html", "/sw.js", "/assets/session-host.worker-0123abcd.js", "/manifest.webmanifest"].map((path) => [
    path,
    assetOf(path === "/" ? "/index.html" : path, BODY),
  ]),
);

describe.each([
  ["loopback HTTP", false, "ws"],
  ["TLS", true, "wss"],
] as const)("over %s", (_what, lan, socketScheme) => {
  let proxy: TestProxy;
  let ca: string | undefined;
  beforeAll(async () => {
    const config = { lan, host: "127.0.0.1", limits: { http_header_bytes: 2_048 } };
    proxy = await startTestProxy({ config, assets: { get: (path) => FILES.get(path) } });
    ca = lan ? await readFile(join(proxy.dataDir, "tls/ca.crt"), "utf8") : undefined;
  });
  afterAll(() => proxy.stop());

  function ask(
    path: string,
    { method = "GET", headers = {} }: { method?: string; headers?: Record<string, string> } = {},
  ): Promise<{ status: number; headers: Record<string, unknown> }> {
    const to = { host: "127.0.0.1", port: proxy.port, path, method, servername: "localhost", agent: false, ca };
    return new Promise((resolve, reject) => {
      const all = { Host: `localhost:${proxy.port}`, ...headers };
      const req = (lan ? requestTls : requestPlain)({ ...to, headers: all }, (res) => {
        res.resume();
        res.on("end", () => resolve({ status: res.statusCode ?? 0, headers: res.headers }));
      });
      req.on("error", reject);
      req.end();
    });
  }

  const secure = (socket: string) => ({
    "content-security-policy": CSP.replace("SOCKET", socket),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "origin-agent-cluster": "?1",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": PERMISSIONS,
  });
  /** What says nothing about security: the content, the connection and the time. */
  const PLAIN = new Set(["content-type", "content-length", "connection", "keep-alive", "date", "vary", "etag"]);
  const rest = (headers: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => !PLAIN.has(name)));

  test.each([
    ["the page", "/", 200, "no-cache"],
    ["the service worker", "/sw.js", 200, "no-cache"],
    ["the worker", "/assets/session-host.worker-0123abcd.js", 200, "public, max-age=31536000, immutable"],
    ["the manifest", "/manifest.webmanifest", 200, "no-cache"],
    ["the API", "/api/me", 401, "no-store"],
    ["health", "/healthz", 200, "no-store"],
    ["an error", "/nothing", 404, "no-store"],
  ])("[S74] [S77] [S78] [S79] %s has these and no others", async (_name, path, status, caching) => {
    const reply = await ask(path);
    expect(reply.status).toBe(status);
    const socket = `${socketScheme}://localhost:${proxy.port}`;
    expect(rest(reply.headers)).toEqual({ ...secure(socket), "cache-control": caching });
  });

  test("[S74] the host in it is the one that was asked for", async () => {
    const { headers } = await ask("/", { headers: { Host: `127.0.0.1:${proxy.port}` } });
    expect(headers["content-security-policy"]).toContain(
      `connect-src 'self' ${socketScheme}://127.0.0.1:${proxy.port};`,
    );
  });

  test.each([
    ["a host that is not ours", 421, { headers: { Host: "evil.example" } }],
    ["headers that are too long", 431, { headers: { "X-Long": "x".repeat(4_000) } }],
  ])("[S74] %s gets them with no host that a page could reach", async (_name, status, request) => {
    const reply = await ask("/", request);
    expect(reply.status).toBe(status);
    expect(rest(reply.headers)).toEqual({ ...secure("wss://localhost"), "cache-control": "no-store" });
  });

  test("[S31] [S77] no HSTS, no COEP", async () => {
    const { headers } = await ask("/");
    expect(headers).not.toHaveProperty("strict-transport-security");
    expect(headers).not.toHaveProperty("cross-origin-embedder-policy");
  });
});
