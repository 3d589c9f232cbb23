/** The address the proxy prints must not lead to another program [S17]. */
import { createServer as createHttp } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, describe, expect, test } from "vitest";
import { listenOn } from "#proxy/http/listeners.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

async function squatter(host: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ host, port: 0 }, resolve));
  cleanups.push(() => close(server));
  return (server.address() as AddressInfo).port;
}

async function started(): Promise<TestProxy> {
  const proxy = await startTestProxy();
  cleanups.push(() => proxy.stop());
  return proxy;
}

describe("[S17] localhost is the proxy, whichever loopback address a browser takes", () => {
  test.skipIf(!hasIpv6)("both addresses serve the app and the API on one port", async () => {
    const proxy = await started();
    for (const host of ["127.0.0.1", "[::1]"]) {
      const page = await fetch(`http://${host}:${proxy.port}/`);
      expect(await page.text(), host).toContain("<title>test</title>");
      expect(await (await fetch(`http://${host}:${proxy.port}/healthz`)).text(), host).toBe("ok");
    }
  });

  test.skipIf(!hasIpv6)(
    "a port that another program has on ::1 is refused, and 127.0.0.1 is let go again",
    async () => {
      const port = await squatter("::1");
      const servers = [createHttp(), createHttp()] as const;
      await expect(listenOn(...servers, "127.0.0.1", port)).rejects.toThrow(
        `--port: cannot listen on ::1 port ${port}: another program uses it. Choose another with --port.`,
      );
      expect(servers.map(({ listening }) => listening)).toEqual([false, false]);
    },
  );

  test("a port that another program has on 127.0.0.1 is refused", async () => {
    const port = await squatter("127.0.0.1");
    await expect(listenOn(createHttp(), createHttp(), "localhost", port)).rejects.toThrow(
      `cannot listen on 127.0.0.1 port ${port}: another program uses it`,
    );
  });

  test.skipIf(!hasIpv6)("an address that was asked for literally is the only one", async () => {
    const [first, second] = [createHttp(), createHttp()];
    cleanups.push(() => close(first));
    await listenOn(first, second, "::1", 0);
    expect((first.address() as AddressInfo).address).toBe("::1");
    expect(second.listening).toBe(false);
  });

  test("after stopping neither address is listened on", async () => {
    const proxy = await startTestProxy();
    const { port } = proxy;
    await proxy.stop();
    for (const host of ["127.0.0.1", "[::1]"]) {
      await expect(fetch(`http://${host}:${port}/healthz`)).rejects.toThrow();
    }
  });
});
