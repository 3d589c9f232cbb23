/** Section 4 of the security design, as far as HTTP goes: what raw sockets get that do not behave. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fetchTrusting } from "#support/https-request.ts";
import { openRaw, type RawConnection, statusOf } from "#support/raw-http.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { type PairedClient, pairClient } from "#support/wire-pairing.ts";

const LIMITS = {
  http_header_s: 1,
  http_header_bytes: 8_192,
  http_body_bytes: 65_536,
  plain_connections: 5,
  plain_connections_per_address: 3,
  upgrades_per_client_burst: 3,
  upgrades_per_client_per_min: 1,
  upgrades_unknown_burst: 2,
  upgrades_unknown_per_min: 1,
};

describe.each([
  ["plain", false],
  ["TLS", true],
])("limits over %s", (_what, lan) => {
  let proxy: TestProxy;
  let ca: string | undefined;
  let origin: string;
  let opened: RawConnection[];
  beforeEach(async () => {
    opened = [];
    proxy = await startTestProxy({ config: { lan, host: "127.0.0.1", limits: LIMITS } });
    ca = lan ? await readFile(join(proxy.dataDir, "tls/ca.crt"), "utf8") : undefined;
    origin = `${lan ? "https" : "http"}://localhost:${proxy.port}`;
  });
  afterEach(async () => {
    vi.unstubAllGlobals();
    for (const { socket } of opened) socket.destroy();
    await proxy.stop();
  });

  async function open(localAddress?: string): Promise<RawConnection> {
    const connection = await openRaw({ port: proxy.port, ca, localAddress });
    opened.push(connection);
    return connection;
  }
  const request = (line: string, headers: Record<string, string> = {}, body = "") => {
    const all = Object.entries({ Host: `localhost:${proxy.port}`, ...headers }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    return `${line} HTTP/1.1\r\n${all.join("\r\n")}\r\n\r\n${body}`;
  };
  const post = (headers: Record<string, string>, body = "") =>
    request("POST /api/pair", { Origin: origin, "Content-Type": "application/json", ...headers }, body);
  /** A connection that works: what was asked on it was answered. */
  async function asks(connection: RawConnection): Promise<void> {
    const before = connection.text().length;
    connection.send(request("GET /healthz"));
    await vi.waitFor(() => expect(connection.text().slice(before)).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*ok$/));
  }
  async function client(): Promise<PairedClient> {
    if (ca !== undefined) vi.stubGlobal("fetch", fetchTrusting(ca));
    return pairClient(await proxy.pairUrl(), "tablet");
  }
  const upgrade = (cookie?: string) =>
    request("GET /s/any/v1", {
      Origin: origin,
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Protocol": "rackside.v1",
      ...(cookie === undefined ? {} : { Cookie: cookie }),
    });

  test("headers of 8 KiB pass, more get 431 and the connection ends", async () => {
    const long = await open();
    long.send(request("GET /healthz", { "X-Long": "x".repeat(8_000) }));
    await vi.waitFor(() => expect(statusOf(long.text())).toBe(200));
    const longer = await open();
    longer.send(request("GET /healthz", { "X-Long": "x".repeat(8_200) }));
    const answer = await longer.closed;
    expect(statusOf(answer)).toBe(431);
    expect(answer).toContain("Content-Security-Policy: default-src 'none'");
  });

  test("headers that do not come to an end get 408", async () => {
    const slow = await open();
    slow.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
    expect(statusOf(await slow.closed)).toBe(408);
  });

  test("a proxy that stops does not wait for connections that say nothing", async () => {
    const silent = await openRaw({ port: proxy.port });
    const settled = await open();
    await asks(settled);
    await proxy.stop();
    await Promise.all([silent.closed, settled.closed]);
    proxy = await startTestProxy();
  });

  test("a body above 64 KiB gets 413: declared, and one that only turns out to be", async () => {
    const declared = await open();
    declared.send(post({ "Content-Length": "65537" }));
    expect(statusOf(await declared.closed)).toBe(413);
    const elsewhere = await open();
    elsewhere.send(request("POST /api/sign-out", { Origin: origin, "Content-Length": "65537" }));
    expect(statusOf(await elsewhere.closed)).toBe(413);
    const chunked = await open();
    chunked.send(post({ "Transfer-Encoding": "chunked" }));
    chunked.send(`10001\r\n${" ".repeat(65_537)}\r\n`);
    expect(statusOf(await chunked.closed)).toBe(413);
  });

  test("what is no HTTP gets 400 and the connection ends", async () => {
    const other = await open();
    other.send("SSH-2.0-other\r\n\r\n");
    expect(statusOf(await other.closed)).toBe(400);
  });

  test("one address has a few connections: the oldest idle one goes, one that is being answered stays", async () => {
    const busy = await open();
    busy.send(post({ "Content-Length": "20" }, "{"));
    const idle = [await open(), await open()] as const;
    for (const one of idle) await asks(one);
    const more = await open();
    await idle[0].closed;
    await asks(idle[1]);
    await asks(more);
    busy.send(`"code": "1234567"}`.padEnd(19));
    await vi.waitFor(() => expect(statusOf(busy.text())).toBe(400));
  });

  test("all addresses together have some more; another address is not kept out", async () => {
    const first = [await open("127.0.0.2"), await open("127.0.0.2"), await open("127.0.0.3")];
    const others = [await open("127.0.0.4"), await open("127.0.0.5")];
    for (const one of [...first, ...others]) await asks(one);
    const last = await open("127.0.0.6");
    await first[0]?.closed;
    for (const one of [...first.slice(1), ...others, last]) await asks(one);
  });

  test("WebSockets are not counted", async () => {
    const { cookie } = await client();
    const links = [await open(), await open(), await open()];
    for (const one of links) {
      one.send(upgrade(cookie));
      await vi.waitFor(() => expect(statusOf(one.text())).toBe(101));
    }
    const plain = [await open(), await open(), await open()];
    for (const one of plain) await asks(one);
    expect(links.map(({ socket }) => socket.destroyed)).toEqual([false, false, false]);
  });

  test("a refused upgrade ends its connection, whether the other side closes or not", async () => {
    const one = await open();
    one.socket.allowHalfOpen = true;
    one.send(upgrade());
    // The other side goes on as if nothing were; in the end there is nobody to talk to.
    const gone = () => {
      one.send("x");
      expect(one.socket.destroyed).toBe(true);
    };
    await vi.waitFor(gone, { timeout: 20_000, interval: 100 });
    expect(statusOf(one.text())).toBe(401);
  });

  test("upgrades are limited per client with a cookie, and per address without one: 429 with Retry-After", async () => {
    const { cookie } = await client();
    const statuses = async (value: string | undefined, count: number) => {
      const found: (number | undefined)[] = [];
      for (let i = 0; i < count; i += 1) {
        const one = await open();
        one.send(upgrade(value));
        await vi.waitFor(() => expect(one.text()).toContain("\r\n\r\n"));
        found.push(statusOf(one.text()));
        if (found.at(-1) === 429) expect(one.text()).toMatch(/\r\nRetry-After: [1-9]\d*\r\n/);
        one.socket.destroy();
      }
      return found;
    };
    expect(await statuses(undefined, 3)).toEqual([401, 401, 429]);
    expect(await statuses(cookie, 4)).toEqual([101, 101, 101, 429]);
  });
});

test("a TLS handshake that does not come to an end ends the connection", async () => {
  const proxy = await startTestProxy({ config: { lan: true, host: "127.0.0.1", limits: LIMITS } });
  try {
    const silent = await openRaw({ port: proxy.port });
    silent.send("\x16\x03\x01");
    expect(await silent.closed).not.toContain("HTTP");
  } finally {
    await proxy.stop();
  }
});
