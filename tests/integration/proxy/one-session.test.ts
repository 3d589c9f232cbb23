/** OpenSSH with MaxSessions 1, as small devices are: each channel has to wait for the place of the one before it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireTools } from "#support/find-tools.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { WirePage } from "#support/wire-client.ts";
import { pairClient } from "#support/wire-pairing.ts";

const TIMES = 150;
const tools = await requireTools("sshd", "ssh-keygen");

describe.skipIf(!tools.ok || !requireOwnAccounts())("a device with one session per connection", () => {
  let sshd: TestSshServer;
  let proxy: TestProxy;
  let page: WirePage;
  beforeAll(async () => {
    if (!tools.ok) return;
    sshd = await startSshd(tools, { maxSessions: 1 });
    proxy = await startTestProxy({ ports: [sshd.port] });
    page = await WirePage.open(await pairClient(await proxy.pairUrl()));
  });
  afterAll(async () => {
    await page?.close();
    await proxy?.stop();
    await sshd?.stop();
  });

  test("[WP12] commands one right after the other, and a shell between them: none is refused for want of a place", async () => {
    const target = { host: "127.0.0.1", port: sshd.port, user: sshd.user, via: [] };
    const session = await page.connect(target, { password: sshd.password });
    const change = async (transport: "exec" | "shell") =>
      (await session.request("set_transport", { transport } as never)).action;
    expect(await change("exec")).toBe("transport_changed");
    for (let time = 1; time <= TIMES; time += 1) {
      expect(await session.exec(`echo ${time}`)).toMatchObject({ output: `${time}\n`, code: 0 });
    }
    for (let time = 1; time <= 10; time += 1) {
      expect([await change("shell"), await change("exec")]).toEqual(["transport_changed", "transport_changed"]);
    }
  });
});
