import { describe, expect, test } from "vitest";
import { contentSecurityPolicy, securityHeaders } from "#proxy/http/security-headers.ts";
import { isSameSite, isServedOrigin, matchHost, parseSite, servedSites } from "#proxy/http/served-names.ts";
import { assetOf } from "#proxy/http/static-table.ts";

describe("security headers", () => {
  test("[S74] [S75] [S76] the policy, word for word", () => {
    expect(contentSecurityPolicy({ scheme: "http", host: "localhost:7022" })).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
        "connect-src 'self' ws://localhost:7022; worker-src 'self'; manifest-src 'self'; base-uri 'none'; " +
        "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default",
    );
  });

  test("[S74] on https sockets are wss, to the host that was asked for", () => {
    expect(contentSecurityPolicy({ scheme: "https", host: "[fd00::1]:7022" })).toContain(
      "connect-src 'self' wss://[fd00::1]:7022;",
    );
  });

  test("[S77] [S78] the rest, and no COEP or HSTS", () => {
    const headers = securityHeaders({ scheme: "http", host: "localhost:1" });
    expect(headers).toMatchObject({
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Resource-Policy": "same-origin",
      "Origin-Agent-Cluster": "?1",
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
    });
    expect(headers["Permissions-Policy"]).toMatch(
      /camera=\(\), .*clipboard-read=\(self\).*publickey-credentials-create=\(self\)$/,
    );
    expect(headers).not.toHaveProperty("Cross-Origin-Embedder-Policy");
    expect(headers).not.toHaveProperty("Strict-Transport-Security");
  });
});

describe("[S17] [S18] names", () => {
  const served = servedSites("http", 7022, ["tunnel.example:9000", "box", "https://door.example"]);
  test.each([
    ["localhost:7022", true],
    ["LOCALHOST:7022", true],
    ["127.0.0.1:7022", true],
    ["[::1]:7022", true],
    ["tunnel.example:9000", true],
    ["box:7022", true],
    ["box", false],
    ["localhost", false],
    ["localhost:7023", false],
    ["localhost.:7022", false],
    ["door.example", true],
    ["door.example:7022", false],
    ["evil.example", false],
    [undefined, false],
  ])("Host %s -> %s", (host, ok) => expect(matchHost(host, served) !== undefined).toBe(ok));

  test.each([
    ["http://localhost:7022", true],
    ["https://localhost:7022", false],
    ["https://door.example", true],
    ["http://door.example", false],
    ["http://localhost:7022/", false],
    ["http://LOCALHOST:7022", false],
    ["null", false],
    [undefined, false],
  ])("Origin %s -> %s", (origin, ok) => expect(isServedOrigin(origin, served)).toBe(ok));

  test("a configured site is written as a browser would write it", () => {
    const site = (text: string) => parseSite(text, "https", 7022);
    expect(site("[FD00:0::1]")).toEqual({ scheme: "https", host: "[fd00::1]:7022" });
    expect(site("box:443")).toEqual({ scheme: "https", host: "box" });
    expect(parseSite("https://door", "http", 7022)).toEqual({ scheme: "https", host: "door" });
    expect(site("http://box")).toBeUndefined();
    expect(site("[nothing]")).toBeUndefined();
  });

  test("Sec-Fetch-Site is same-origin or absent", () => {
    expect([undefined, "same-origin", "same-site", "cross-site", "none"].map(isSameSite)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe("[S79] assets", () => {
  test("hashed names are immutable, others not; source maps and unknown types are no assets", () => {
    const body = Buffer.from("x".repeat(5_000));
    expect(assetOf("/assets/index-DkQ3_a9Z.js", body)).toMatchObject({
      immutable: true,
      type: "text/javascript; charset=utf-8",
    });
    expect(assetOf("/sw.js", body)).toMatchObject({ immutable: false });
    expect(assetOf("/assets/index-DkQ3_a9Z.js.map", body)).toBeUndefined();
    expect(assetOf("/secrets.bin", body)).toBeUndefined();
    expect(assetOf("/a.woff2", body)?.gzip).toBeUndefined();
  });
});
