/** How a link begins: its path, its subprotocol, no compression; and the sockets to devices [WP1] [WP37] [WP40]. */
import { type AddressInfo, createServer, Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type DemoLab, startDemoLab } from "#demo/demo-lab.ts";
import { MAX_MESSAGE_BYTES } from "#protocol/limits.ts";
import { SUBPROTOCOL } from "#protocol/version.ts";
import { dial } from "#proxy/ssh/dial.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { type Target, WirePage } from "#support/wire-client.ts";
import { type PairedClient, pairClient } from "#support/wire-pairing.ts";

let demo: DemoLab;
let proxy: TestProxy;
let client: PairedClient;

beforeAll(async () => {
  demo = await startDemoLab({ seed: 4, pace: 0 });
  proxy = await startTestProxy({ demo });
  client = await pairClient(await proxy.pairUrl());
});

afterAll(async () => {
  await proxy.stop();
  await demo.close();
});

const headers = () => ({ Origin: client.url, Cookie: client.cookie });
const dialled = (path: string, protocols: string[], more: object = {}) =>
  new WebSocket(client.url.replace("http", "ws") + path, protocols, { headers: headers(), ...more });
const opened = (socket: WebSocket) => new Promise((resolve) => socket.once("open", resolve));
const closed = (socket: WebSocket) => new Promise<number>((resolve) => socket.once("close", resolve));
const status = (socket: WebSocket) =>
  new Promise<number>((resolve) => {
    socket.on("error", () => {});
    socket.once("unexpected-response", (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
  });

describe("a link", () => {
  test("[WP1] speaks rackside.v1 and does not compress, though it is offered", async () => {
    const socket = dialled("/s/any/v1", ["other", SUBPROTOCOL], { perMessageDeflate: true });
    await opened(socket);
    expect([socket.protocol, socket.extensions]).toEqual([SUBPROTOCOL, ""]);
    socket.close();
    await closed(socket);
  });

  test("[WP1] [S24] takes messages up to 256 KiB", async () => {
    const page = await WirePage.open(client);
    page.socket.send(Buffer.alloc(MAX_MESSAGE_BYTES + 1, 0x7e));
    expect((await page.closed).code).toBe(1009);
  });

  test("[WP3] a page that only speaks another subprotocol is let in to be told so: 4502", async () => {
    expect(await closed(dialled("/s/any/v1", ["rackside.v9"]))).toBe(4502);
  });

  test("[WP2] the proxy speaks first, with a nonce; what stands behind a question mark is neither read nor logged", async () => {
    const socket = dialled("/s/any/v1?token=secret", [SUBPROTOCOL]);
    const first = await new Promise<string>((resolve) =>
      socket.once("message", (data: Buffer) => resolve(data.toString("utf8"))),
    );
    expect(JSON.parse(first)).toMatchObject({
      action: "challenge",
      payload: { nonce: expect.stringMatching(/^[\w-]{43}$/) },
    });
    expect(JSON.stringify(proxy.log)).not.toContain("secret");
    socket.close();
    await closed(socket);
  });

  test("[WP37] is served by the owner's path and by `any`, and by no other node's; a session names its owner", async () => {
    for (const path of ["/s/n1/v1", "/s/any/v1"]) {
      const page = await WirePage.open(client, { path });
      expect(page.welcome?.node).toBe("n1");
      await page.close();
    }
    for (const path of ["/s/n2/v1", "/s/n1/v2", "/s//v1", "/s/n1/v1/more"]) {
      expect(await status(dialled(path, [SUBPROTOCOL]))).toBe(404);
    }
    const page = await WirePage.open(client);
    const { payload } = await page.next("devices_changed");
    const session = await page.connect(payload.records[0]?.target as Target);
    expect(session.connected.sid).toMatch(/^n1\.[\w-]{22}$/);
    await session.request("disconnect", {} as never);
    await page.close();
  });
});

describe("[WP40] the socket to a device", () => {
  /** What a socket of Node was told about TCP_NODELAY; there is no other way to read it. */
  function noDelay(socket: Socket): unknown {
    const symbol = Object.getOwnPropertySymbols(socket).find(({ description }) => description === "kSetNoDelay");
    if (symbol === undefined) throw new Error("this Node keeps the setting elsewhere");
    return Reflect.get(socket, symbol);
  }

  test("sends every key at once", async () => {
    expect(noDelay(new Socket().setNoDelay(false))).toBe(false);
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    // A listening TCP server's address is an AddressInfo; only pipes have a string.
    const { port } = server.address() as AddressInfo;
    const outcome = await dial({ addresses: ["127.0.0.1"], port }, new AbortController().signal);
    if (!outcome.ok) throw new Error(outcome.failure.detail);
    expect(noDelay(outcome.value)).toBe(true);
    outcome.value.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
});
