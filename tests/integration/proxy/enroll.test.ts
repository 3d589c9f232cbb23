import { X509Certificate } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Enrollment, startEnrollment } from "#proxy/tls/enroll.ts";
import { type LocalCa, openLocalCa } from "#proxy/tls/local-ca.ts";

let dir: string;
let ca: LocalCa;
let enrollment: Enrollment;
const options = { host: "127.0.0.1", port: 0, limits: { plain_connections: 64, plain_connections_per_address: 8 } };
const facts = () => ({ name: "Rackside <b>", sha256: ca.parsed.fingerprint256, appUrl: "https://box.example:7022" });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "rackside-enroll-"));
  ca = await openLocalCa(dir, ["box.example"]);
  const names = () => ["127.0.0.1", "box.example"];
  enrollment = await startEnrollment({ ...options, names, certificate: ca.certificate, facts: facts() });
});
afterAll(async () => {
  enrollment.close();
  await rm(dir, { recursive: true, force: true });
});

type Reply = { status: number; headers: Record<string, unknown>; text: string };
function ask(path: string, { method = "GET", host = `127.0.0.1:${enrollment.port}` } = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const to = { host: "127.0.0.1", port: enrollment.port, path, method, headers: { Host: host }, agent: false };
    const req = request(to, (res) => {
      let text = "";
      res.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      res.on("end", () => resolve({ status: res.statusCode ?? 0, headers: res.headers, text }));
    });
    req.on("error", reject);
    req.end();
  });
}

describe("[S32] enrolment", () => {
  test("hands out the certificate of the CA, and never its key", async () => {
    const reply = await ask("/rackside-ca.crt");
    expect(reply.headers["content-type"]).toBe("application/x-x509-ca-cert");
    expect(new X509Certificate(reply.text).fingerprint256).toBe(ca.parsed.fingerprint256);
    expect(reply.text).toBe(ca.certificate);
    expect(reply.text).not.toContain("PRIVATE");
  });

  test("shows the fingerprint, the app's address and the steps of each system", async () => {
    const { text, headers } = await ask("/");
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(text).toContain(ca.parsed.fingerprint256);
    expect(text).toContain("https://box.example:7022");
    for (const system of ["iPad", "Android", "Windows", "macOS", "Linux", "ChromeOS", "Firefox"]) {
      expect(text).toContain(system);
    }
    expect(text).toContain("Certificate Trust Settings");
    expect(text).toContain("AirDrop");
    expect(text).toContain("Rackside &#60;b&#62;");
    expect(text).not.toMatch(/<script|<form|<iframe|https?:\/\/(?!box\.example)/);
  });

  test("has nothing else: no cookie, no API, no redirect, no other method, no other host", async () => {
    for (const path of ["/api/me", "/healthz", "/index.html", "/ca.key", "/../ca.key", "/s/any/v1", "/tls/ca.key"]) {
      const reply = await ask(path);
      expect([reply.status, reply.text], path).toEqual([404, "not found\n"]);
    }
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) expect((await ask("/", { method })).status).toBe(405);
    expect((await ask("/", { host: "evil.example" })).status).toBe(421);
    for (const path of ["/", "/rackside-ca.crt"]) {
      const { headers, status } = await ask(path);
      expect(status).toBe(200);
      expect(headers).not.toHaveProperty("set-cookie");
      expect(headers).not.toHaveProperty("location");
      expect(headers["cache-control"]).toBe("no-store");
      expect(headers["content-security-policy"]).toContain("default-src 'none'");
    }
  });

  test("ends by itself", async () => {
    const names = () => ["127.0.0.1"];
    const short = await startEnrollment({ ...options, names, certificate: ca.certificate, facts: facts(), ms: 1 });
    await short.ended;
    await expect(fetch(`http://127.0.0.1:${short.port}/`)).rejects.toThrow("fetch failed");
  });

  test("a port that is taken is told", async () => {
    const again = { ...options, port: enrollment.port, names: () => [], certificate: "", facts: facts() };
    await expect(startEnrollment(again)).rejects.toThrow(/cannot listen on port \d+ \(EADDRINUSE\)/);
  });
});
