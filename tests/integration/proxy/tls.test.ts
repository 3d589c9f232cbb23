/** A proxy with --lan, seen by clients that trust its local CA and nothing else. */
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { Agent } from "node:https";
import { connect as connectPlain } from "node:net";
import { join } from "node:path";
import { connect, type PeerCertificate, type TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { loadConfig } from "#proxy/config.ts";
import { openFront } from "#proxy/http/front.ts";
import { makeCaCertificate, makeLeafCertificate } from "#proxy/tls/certificate.ts";
import { fetchTrusting, httpsRequest } from "#support/https-request.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { WirePage } from "#support/wire-client.ts";
import { codeOf, pairClient, requestPairing } from "#support/wire-pairing.ts";

let proxy: TestProxy;
let ca: string;

beforeAll(async () => {
  // Loopback with a certificate: what other machines get, without showing a test to them.
  proxy = await startTestProxy({ config: { lan: true, host: "127.0.0.1", serve_as: ["box.example"] } });
  ca = await readFile(join(proxy.dataDir, "tls/ca.crt"), "utf8");
});
afterAll(() => proxy.stop());
afterEach(() => {
  vi.unstubAllGlobals();
});

type Handshake = { protocol: string | null; certificate: PeerCertificate } | { error: string };

function handshake(
  options: { ca?: string; servername?: string; maxVersion?: "TLSv1.1" | "TLSv1.2" } = {},
): Promise<Handshake> {
  return new Promise((resolve) => {
    const versions =
      options.maxVersion === undefined ? {} : { minVersion: "TLSv1" as const, ciphers: "ALL:@SECLEVEL=0" };
    const socket: TLSSocket = connect({ host: "127.0.0.1", port: proxy.port, ...versions, ...options }, () => {
      resolve({ protocol: socket.getProtocol(), certificate: socket.getPeerCertificate() });
      socket.destroy();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => resolve({ error: error.code ?? error.message }));
  });
}

describe("[S28] TLS", () => {
  test("the address is https, under the configured name", () => {
    expect(proxy.url).toBe(`https://box.example:${proxy.port}`);
  });

  test("a client that trusts the CA gets TLS 1.3, for the name and for the address [S33]", async () => {
    expect(await handshake({ ca, servername: "box.example" })).toMatchObject({ protocol: "TLSv1.3" });
    expect(await handshake({ ca })).toMatchObject({ protocol: "TLSv1.3" });
    expect(await handshake({ ca, servername: "localhost" })).toMatchObject({ protocol: "TLSv1.3" });
    expect(await handshake({ ca, servername: "other.example" })).toEqual({ error: "ERR_TLS_CERT_ALTNAME_INVALID" });
  });

  test("a client that does not is told by its own library", async () => {
    expect(await handshake()).toEqual({ error: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
  });

  test("1.2 is the oldest version", async () => {
    expect(await handshake({ ca, maxVersion: "TLSv1.2" })).toMatchObject({ protocol: "TLSv1.2" });
    expect(await handshake({ ca, maxVersion: "TLSv1.1" })).toMatchObject({ error: expect.stringMatching(/PROTOCOL/) });
  });

  test("plain HTTP on the same port gets no answer and no redirect", async () => {
    const answer = await new Promise<string>((resolve) => {
      let text = "";
      const socket = connectPlain(proxy.port, "127.0.0.1", () =>
        socket.write("GET / HTTP/1.1\r\nHost: box.example\r\n\r\n"),
      );
      socket.on("data", (chunk: Buffer) => {
        text += chunk.toString("latin1");
      });
      socket.on("error", () => undefined);
      socket.on("close", () => resolve(text));
    });
    expect(answer).not.toMatch(/HTTP\/1|Location/);
  });

  test("[S31] neither the CA's key nor its certificate is served, and there is no HSTS", async () => {
    const at = `https://localhost:${proxy.port}`;
    for (const path of ["/tls/ca.key", "/ca.key", "/tls/ca.crt", "/rackside-ca.crt", "/../tls/ca.key"]) {
      expect((await httpsRequest(at + path, { ca })).status, path).toBe(404);
    }
    expect((await httpsRequest(at, { ca })).headers).not.toHaveProperty("strict-transport-security");
  });
});

describe("sites over TLS", () => {
  const at = (name: string) => ({ servername: "localhost", headers: { Host: `${name}:${proxy.port}` } });

  test("[S18] names, addresses and IPv6 literals of the configuration are served, others get 421", async () => {
    for (const name of ["box.example", "localhost", "127.0.0.1", "[::1]"]) {
      expect((await httpsRequest(`https://127.0.0.1:${proxy.port}/`, { ca, ...at(name) })).status, name).toBe(200);
    }
    for (const name of ["evil.example", "box.example.", "10.0.0.1", "[fd00::1]"]) {
      const reply = await httpsRequest(`https://127.0.0.1:${proxy.port}/healthz`, { ca, ...at(name) });
      expect([reply.status, reply.text], name).toEqual([421, '{"code":"host_unknown"}']);
    }
  });

  test("[S17] the http origin of a name that is served over https is foreign", async () => {
    const post = (origin: string) =>
      httpsRequest(`https://localhost:${proxy.port}/api/pair`, {
        ca,
        method: "POST",
        headers: { Origin: origin, "Content-Type": "application/json" },
        body: "{}",
      });
    expect((await post(`http://localhost:${proxy.port}`)).status).toBe(403);
    expect((await post(`https://localhost:${proxy.port}`)).status).toBe(400);
  });

  test("[S8] [S29] pairing sets the __Host- cookie with Secure; the loopback cookie opens nothing here", async () => {
    vi.stubGlobal("fetch", fetchTrusting(ca));
    const at = `https://localhost:${proxy.port}`;
    const reply = await requestPairing(at, codeOf(await proxy.pairUrl()));
    expect(reply.status).toBe(200);
    expect(reply.cookie).toMatch(/^__Host-rackside=[A-Za-z0-9_-]{43}$/);
    const me = (cookie: string) => httpsRequest(`${at}/api/me`, { ca, headers: { Cookie: cookie } });
    expect((await me(reply.cookie ?? "")).status).toBe(200);
    expect((await me((reply.cookie ?? "").replace("__Host-rackside", "rackside-lo"))).status).toBe(401);
  });

  test("[S31] those who are signed in are told fingerprints and expiry, others nothing", async () => {
    vi.stubGlobal("fetch", fetchTrusting(ca));
    const at = `https://localhost:${proxy.port}`;
    const { cookie } = await requestPairing(at, codeOf(await proxy.pairUrl()));
    const reply = await httpsRequest(`${at}/api/tls`, { ca, headers: { Cookie: cookie ?? "" } });
    expect(JSON.parse(reply.text)).toMatchObject({
      mode: "local_ca",
      ca: { sha256: new X509Certificate(ca).fingerprint256, warns: false },
      leaf: { sha256: reply.presented, names: expect.arrayContaining(["box.example", "localhost", "::1"]) },
    });
    expect(reply.headers["cache-control"]).toBe("no-store");
    expect(await httpsRequest(`${at}/api/tls`, { ca })).toMatchObject({
      status: 401,
      text: '{"reason":"auth_required"}',
    });
  });

  test("[S19] a link over wss is welcomed", async () => {
    vi.stubGlobal("fetch", fetchTrusting(ca));
    const client = await pairClient((await proxy.pairUrl()).replace("box.example", "localhost"), "tablet");
    const page = await WirePage.open(client, { ca });
    expect(page.welcome?.user).toBe("owner");
    page.socket.close();
  });
});

describe("[S30] renewal", () => {
  test("a proxy that is started again presents the same certificate", async () => {
    const before = await handshake({ ca, servername: "localhost" });
    proxy = await proxy.restart();
    expect(await handshake({ ca, servername: "localhost" })).toEqual(before);
  });

  test("a new certificate is presented by the server that runs, and open connections go on", async () => {
    const dir = proxy.dataDir;
    const tls = { cert: join(dir, "own.crt"), key: join(dir, "own.key") };
    const authority = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    const period = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
    const issuer = { key: authority, certificate: makeCaCertificate(authority, "Site CA", period, ["localhost"]) };
    const replace = async () => {
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      await writeFile(tls.key, privateKey.export({ type: "pkcs8", format: "pem" }));
      await writeFile(tls.cert, makeLeafCertificate(privateKey, ["localhost"], period, issuer));
    };
    await replace();
    const config = await loadConfig(
      { command: "start", json: true, dataDir: dir, tlsCert: tls.cert, tlsKey: tls.key },
      {},
    );
    const front = await openFront({ ...config, port: 0, serve_as: [] }, () => {});
    await front.listen({ request: (_req, res) => void res.end("here"), upgrade: () => false });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const ask = (through: Agent | false) =>
        httpsRequest(`https://localhost:${front.port}/`, { ca: issuer.certificate, agent: through });
      const first = await ask(agent);
      await replace();
      await front.keeper?.look();
      expect((await ask(agent)).presented).toBe(first.presented);
      const fresh = await ask(false);
      expect(fresh).toMatchObject({ text: "here", presented: front.keeper?.state.leaf.fingerprint256 });
      expect(fresh.presented).not.toBe(first.presented);
    } finally {
      agent.destroy();
      await front.close();
    }
  });
});
