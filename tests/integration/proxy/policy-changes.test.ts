/** Changing where the proxy may connect to, over the wire: one tap, who may, and sessions that no longer fit. */
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { linkFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import { startOddDevice } from "#support/odd-device.ts";
import { startTestProxy, type TestProxy, type TestProxyOptions } from "#support/test-proxy.ts";
import { WirePage } from "#support/wire-client.ts";
import { pairClient } from "#support/wire-pairing.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

async function start(options: TestProxyOptions = {}): Promise<{ proxy: TestProxy; page: WirePage }> {
  const proxy = await startTestProxy(options);
  stops.push(() => proxy.stop());
  const page = await WirePage.open(await pairClient(await proxy.pairUrl()));
  stops.push(() => page.close());
  return { proxy, page };
}

async function refusal(page: WirePage, host: string, port: number) {
  const outcome = await page.settleConnect(page.startConnect({ host, port, user: "op", via: [] }));
  if (outcome.action !== "error") throw new Error("it connected");
  return outcome.payload;
}

function allow(page: WirePage, address: string, port: number): Promise<Down> {
  return page.request(linkFrame("allow_target", { address, port, label: "by tap" }));
}

const unlock = (page: WirePage) => page.send(linkFrame("vault_unlocked", {}));

describe("[S34] one tap", () => {
  test("[S16] the refusal offers it; it needs a fresh proof; then exactly that address and port is dialled", async () => {
    // Addresses for documentation: nobody is there, so that the dial itself fails.
    const { page } = await start({ lookup: async () => ["192.0.2.9"] });
    const first = await refusal(page, "192.0.2.9", 22);
    expect(first).toMatchObject({
      code: "refused_by_policy",
      reason: "address",
      policy: { class: "not in the allow list", address: "192.0.2.9", port: 22, addable: true },
    });
    expect(await allow(page, "192.0.2.9", 22)).toMatchObject({
      action: "error",
      payload: { code: "refused_by_policy", reason: "fresh_proof" },
    });
    unlock(page);
    expect(await allow(page, "192.0.2.9", 22)).toMatchObject({
      action: "target_allowed",
      payload: { address: "192.0.2.9", port: 22 },
    });
    const at = page.startConnect({ host: "192.0.2.9", port: 22, user: "op", via: [] });
    await page.next("progress", (m) => m.device === at.device && m.payload.step === "tcp");
    page.send({ v: 1, device: at.device, session_id: "ssh1", type: "terminal", action: "disconnect", payload: {} });
    expect(await refusal(page, "192.0.2.9", 23)).toMatchObject({ code: "refused_by_policy" });
    expect(await refusal(page, "192.0.2.8", 22)).toMatchObject({ code: "refused_by_policy" });
  });

  test("[S35] loopback, the proxy's own addresses and ports cannot be added so, and are not offered", async () => {
    const { page, proxy } = await start();
    unlock(page);
    for (const [host, port] of [
      ["127.0.0.1", 22],
      ["::1", 22],
      ["169.254.169.254", 22],
      ["127.0.0.1", proxy.port],
    ] as const) {
      expect((await refusal(page, host, port)).policy).toMatchObject({ addable: false });
      expect(await allow(page, host, port)).toMatchObject({ action: "error", payload: { code: "refused_by_policy" } });
    }
  });
});

describe("[HC3] this machine as a target", () => {
  /** Listens on every address of the machine and counts who comes. */
  async function countingServer(): Promise<{ port: number; count: () => number }> {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    server.listen(0, "::");
    await once(server, "listening");
    stops.push(async () => {
      server.close();
      await once(server, "close");
    });
    return { port: (server.address() as AddressInfo).port, count: () => connections };
  }

  test("no spelling and no name reaches it, whatever the networks of the rules are", async () => {
    const { port, count } = await countingServer();
    const everywhere = ["0.0.0.0/0", "::/0"].map((cidr) => ({ cidr, ports: ["1024-65535"] }));
    const names: Readonly<Record<string, string[]>> = {
      "rebound.example": ["192.0.2.1", "127.0.0.1"],
      "local.example": ["127.0.0.1"],
      "mapped.example": ["::ffff:127.0.0.1"],
    };
    const { page } = await start({ config: { allow: everywhere }, lookup: async (name) => names[name] ?? [] });
    const own = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
    const literal = [
      "127.0.0.1",
      "127.9.9.9",
      "::1",
      "::ffff:127.0.0.1",
      "::ffff:7f00:1",
      "64:ff9b::7f00:1",
      "2002:7f00:1::",
    ];
    const spelt = ["127.1", "0x7f000001", "2130706433", "0177.0.0.1", "0", "127.0.0.1."];
    for (const host of [...literal, ...spelt, "0.0.0.0", "::", ...own, ...Object.keys(names)]) {
      expect(await refusal(page, host, port), host).toMatchObject({ code: "refused_by_policy" });
    }
    expect(count()).toBe(0);
    // The count counts: what is not refused would be seen.
    const probe = connect(port, "127.0.0.1");
    await once(probe, "close");
    expect(count()).toBe(1);
  });
});

describe("[S34] [S16] several users", () => {
  async function startMany() {
    const config = {
      trusted_proxies: ["127.0.0.1/32"],
      identity: { user_header: "x-user", groups_header: "x-groups", administrators: ["admins"] },
    };
    const proxy = await startTestProxy({ config });
    stops.push(() => proxy.stop());
    const open = async (user: string, groups: string) => {
      const headers = { "x-user": user, "x-groups": groups };
      const page = await WirePage.open(await pairClient(await proxy.pairUrl(), `${user}'s tablet`, headers), {
        headers,
      });
      stops.push(() => page.close());
      return page;
    };
    return { proxy, open };
  }

  test("nothing is allowed before an administrator adds rules; only they are offered the tap", async () => {
    const { open } = await startMany();
    const [anna, bert] = [await open("anna", "admins"), await open("bert", "staff")];
    expect((await refusal(bert, "10.0.0.1", 22)).policy).toMatchObject({ addable: false });
    unlock(bert);
    expect(await allow(bert, "10.0.0.1", 22)).toMatchObject({ payload: { code: "refused_by_policy", reason: "role" } });
    expect((await refusal(anna, "10.0.0.1", 22)).policy).toMatchObject({ addable: true });
    expect(await allow(anna, "10.0.0.1", 22)).toMatchObject({ action: "target_allowed" });
  });

  test("[S16] [S61] older algorithms are an administrator's, for a jump host as for the device", async () => {
    const { open } = await startMany();
    const bert = await open("bert", "staff");
    const lowered = async (device: "modern" | "compatible", jump: "modern" | "legacy") => {
      const via = [{ host: "10.0.0.9", port: 22, user: "hop", algorithms: jump }];
      const target = { host: "10.0.0.1", port: 22, user: "op", via };
      const options = { algorithms: device, keepalive: "off", overflow: "hold", auth_order: [] } as const;
      return (await bert.settleConnect(bert.startConnect(target, { options: { ...options, auth_order: [] } }))).payload;
    };
    expect(await lowered("modern", "legacy")).toMatchObject({ code: "refused_by_policy", reason: "role", hop: 0 });
    expect(await lowered("compatible", "modern")).toMatchObject({ code: "refused_by_policy", reason: "role", hop: 1 });
    expect(await lowered("modern", "modern")).toMatchObject({ code: "refused_by_policy", reason: "port", hop: 0 });
  });
});

describe("[S38] sessions that no longer fit", () => {
  test("go on, are listed, and are ended only by who may change the rules", async () => {
    const device = await startOddDevice();
    stops.push(() => device.stop());
    const { proxy, page } = await start({ ports: [device.port] });
    const session = await page.connect({ host: "127.0.0.1", port: device.port, user: "op", via: [] });
    await writeFile(join(proxy.dataDir, "config.json"), JSON.stringify({ port: 0 }));
    const list = async () => {
      const answer = await page.request(linkFrame("list_unfit", {}));
      return answer.action === "unfit_sessions" ? answer.payload.sessions : answer;
    };
    expect(await list()).toMatchObject({ action: "error", payload: { reason: "fresh_proof" } });
    unlock(page);
    await expect.poll(list, { timeout: 10_000 }).toHaveLength(1);
    session.type("still-here");
    await session.waitFor(/still-here/);
    // A resume never dials; a new connect is judged by the rules of now.
    expect(await refusal(page, "127.0.0.1", device.port)).toMatchObject({ code: "refused_by_policy" });
    const ended = await page.request(linkFrame("end_unfit", { sid: session.connected.sid }));
    expect(ended).toMatchObject({ action: "unfit_sessions", payload: { sessions: [] } });
  });
});
