import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDemoLab } from "#demo/demo-lab.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { type Target, WirePage } from "#support/wire-client.ts";
import { pairClient } from "#support/wire-pairing.ts";

let proxy: TestProxy;
let page: WirePage;

beforeAll(async () => {
  proxy = await startTestProxy({ demo: await startDemoLab({ seed: 3, pace: 0 }) });
  page = await WirePage.open(await pairClient(await proxy.pairUrl()));
});

afterAll(async () => {
  await page.close();
  await proxy.stop();
});

function targetOf(id: string): Target {
  return { host: id, port: 22, user: "demo", via: [] };
}

describe("demo devices", () => {
  test("[S42] simulated devices stand in every user's list and are not stored", async () => {
    const { payload } = await page.next("devices_changed");
    expect(payload.records.length).toBeGreaterThanOrEqual(3);
    for (const record of payload.records) {
      expect(record).toMatchObject({ simulated: true, id: expect.stringMatching(/^demo:/) });
      expect(record.label).toMatch(/^Demo (router|switch|server)/);
    }
  });

  test("[S42] a demo device answers with login none and its pinned key, and types back", async () => {
    const { payload } = await page.next("devices_changed");
    const [first] = payload.records;
    const session = await page.connect(first?.target as Target);
    expect(session.connected).toMatchObject({ simulated: true, auth_method: "none" });
    expect(first?.pins[0]?.sha256).toBe(session.connected.host_key.sha256);
    await session.waitFor(/[>#]/);
    session.type("show version\r");
    await session.waitFor(/show version[\s\S]+(uptime|--More--)/i);
    expect((await session.request("disconnect", {} as never)).action).toBe("disconnected");
  });

  test("[S42] an unknown demo name selects nothing, and no address selects a demo device", async () => {
    const outcome = await page.settleConnect(page.startConnect(targetOf("demo:nobody")));
    expect(outcome.payload).toMatchObject({ code: "unreachable", reason: "name" });
    const literal = await page.settleConnect(page.startConnect(targetOf("127.0.0.1")));
    expect(literal.payload).toMatchObject({ code: "refused_by_policy", reason: "address" });
  });
});
