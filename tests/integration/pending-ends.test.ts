/** Sessions that a person ends: at once, when the link is back, after a reload, and from another page. */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { commands } from "#bridge/commands.ts";
import type { DeviceRecord } from "#bridge/types.ts";
import { type DemoLab, startDemoLab } from "#demo/demo-lab.ts";
import { BrowserProfile, PageDouble } from "#support/page-double.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { codeOf, randomId } from "#support/wire-pairing.ts";

/** Nobody listens there: a link that cannot be made. */
const NOWHERE = "127.0.0.1:1";
const SOON = { timeout: 20_000 };

let proxy: TestProxy;
let demo: DemoLab;
const pages: PageDouble[] = [];

beforeAll(async () => {
  demo = await startDemoLab({ pace: 0 });
  proxy = await startTestProxy({ demo });
});
afterEach(() => {
  for (const page of pages.splice(0)) page.close();
});
afterAll(async () => {
  await proxy.stop();
  await demo.close();
});

async function openPage(profile: BrowserProfile): Promise<PageDouble> {
  const page = new PageDouble(proxy.url, profile);
  pages.push(page);
  if (profile.cookie === "") {
    await page.until("sign_in", ({ phase }) => phase === "unpaired");
    await page.bridge.dispatch(commands.pair(codeOf(await proxy.pairUrl()), "tablet"));
  }
  await page.until("link", ({ phase }) => phase === "online");
  return page;
}

/** A demo device that is in no list, as a quick connect makes one, with both sessions live. */
async function quick(page: PageDouble): Promise<string> {
  const { records } = await page.until("catalog", (view) => view.records.length > 0);
  const known = records.find(({ simulated }) => simulated);
  if (known === undefined) throw new Error("no simulated device");
  const { simulated: _, ...rest } = known;
  const record: DeviceRecord = { ...rest, id: randomId(), label: "quick one" };
  const opened = await page.bridge.dispatch(commands.open(record.id, { cols: 80, rows: 24, quick: record }));
  expect(opened).toEqual({ ok: true });
  const view = await page.until(
    `device:${record.id}`,
    ({ ssh1 }) => ssh1.phase === "live" || ssh1.question !== undefined,
  );
  if (view.ssh1.question !== undefined) {
    await page.bridge.dispatch(commands.hostKeyReply(record.id, "ssh1", view.ssh1.question.id, true));
    await page.until(`device:${record.id}`, ({ ssh1 }) => ssh1.phase === "live");
  }
  await page.until(`device:${record.id}`, ({ ssh2 }) => ssh2.phase === "live");
  expect(proxy.sessions).toBe(2);
  return record.id;
}

async function cut(page: PageDouble): Promise<void> {
  page.via = NOWHERE;
  page.cutLinks();
  await page.until("link", ({ phase }) => phase !== "online" && phase !== "probing");
}

describe("sessions that are ended", () => {
  test("[WP35] online: the proxy has no session any more, and nothing waits", async () => {
    const page = await openPage(new BrowserProfile());
    const device = await quick(page);
    await page.bridge.dispatch(commands.close(device, "end"));
    await vi.waitFor(() => expect(proxy.sessions).toBe(0), SOON);
    expect((await page.until("catalog", ({ elsewhere }) => elsewhere.length === 0)).ending).toBeUndefined();
  });

  test("[WP35] while the link is down: it says so, and ends when the link is back", async () => {
    const page = await openPage(new BrowserProfile());
    const device = await quick(page);
    await cut(page);
    await page.bridge.dispatch(commands.close(device, "end"));
    const { ending } = await page.until("catalog", (view) => view.ending?.length === 2);
    expect(ending?.find(({ session_id }) => session_id === "ssh1")).toMatchObject({ device, label: "quick one" });
    expect(proxy.sessions).toBe(2);
    page.via = null;
    await page.bridge.dispatch(commands.retry());
    await vi.waitFor(() => expect(proxy.sessions).toBe(0), SOON);
    await page.until("catalog", (view) => view.ending === undefined && view.elsewhere.length === 0);
  });

  test("[WP35] [A4] the wish survives a reload without a link, and the session is not taken up again", async () => {
    const profile = new BrowserProfile();
    const page = await openPage(profile);
    const device = await quick(page);
    await cut(page);
    await page.bridge.dispatch(commands.close(device, "end"));
    await page.until("catalog", (view) => view.ending?.length === 2);
    page.close();
    const later = await openPage(profile);
    await vi.waitFor(() => expect(proxy.sessions).toBe(0), SOON);
    const catalog = await later.until("catalog", (view) => view.ending === undefined);
    expect(catalog.open).toEqual([]);
  });

  test("[WP28] one that ended meanwhile is forgotten when the link is back", async () => {
    const page = await openPage(new BrowserProfile());
    const device = await quick(page);
    await cut(page);
    await page.bridge.dispatch(commands.close(device, "end"));
    const { ending } = await page.until("catalog", (view) => view.ending?.length === 2);
    const other = await openPage(new BrowserProfile());
    await other.bridge.dispatch(commands.listSessions());
    const listed = await other.until("catalog", (view) => view.elsewhere.some(({ sid }) => sid === ending?.[0]?.sid));
    expect(listed.elsewhere[0]).toMatchObject({ device, target: { host: expect.stringMatching(/^demo:/) } });
    // A person's act on the other client ends it first: the one that waited finds nothing, and forgets it.
    await other.bridge.dispatch(commands.endSessions(listed.elsewhere));
    await vi.waitFor(() => expect(proxy.sessions).toBe(0), SOON);
    await other.until("catalog", ({ elsewhere }) => elsewhere.length === 0);
    page.via = null;
    await page.bridge.dispatch(commands.retry());
    await page.until("catalog", (view) => view.ending === undefined);
  });

  test("[S12] one that runs on another page ends from the list, and is told there; the list follows", async () => {
    const page = await openPage(new BrowserProfile());
    const device = await quick(page);
    const other = await openPage(new BrowserProfile());
    await other.bridge.dispatch(commands.listSessions());
    const { elsewhere } = await other.until("catalog", (view) => view.elsewhere.length === 2);
    expect(elsewhere[0]).toMatchObject({ device, holder: "tablet" });
    expect(await other.bridge.dispatch(commands.endSessions(elsewhere))).toEqual({ ok: true });
    await page.until(`device:${device}`, ({ ssh1 }) => ssh1.phase === "taken_over");
    await vi.waitFor(() => expect(proxy.sessions).toBe(0), SOON);
    await other.until("catalog", (view) => view.elsewhere.length === 0);
  });
});
