import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commands } from "#bridge/commands.ts";
import { type DemoLab, startDemoLab } from "#demo/demo-lab.ts";
import { BrowserProfile, PageDouble } from "#support/page-double.ts";
import { TerminalDouble } from "#support/terminal-double.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { codeOf } from "#support/wire-pairing.ts";

let proxy: TestProxy;
let demo: DemoLab;
const pages: PageDouble[] = [];

beforeAll(async () => {
  demo = await startDemoLab({ pace: 0 });
  proxy = await startTestProxy({ demo });
});
afterAll(async () => {
  for (const page of pages) page.close();
  await proxy.stop();
  await demo.close();
});

/** A page of a paired client. */
async function pairedPage(profile = new BrowserProfile()): Promise<PageDouble> {
  const page = new PageDouble(proxy.url, profile);
  pages.push(page);
  if (profile.cookie === "") {
    await page.until("sign_in", ({ phase }) => phase === "unpaired");
    const code = codeOf(await proxy.pairUrl());
    expect(await page.bridge.dispatch(commands.pair(code, "tablet"))).toEqual({ ok: true });
  }
  await page.until("link", ({ phase }) => phase === "online");
  return page;
}

const deviceOf = (page: PageDouble): string => {
  const record = page.view("catalog")?.records.find(({ simulated }) => simulated);
  if (record === undefined) throw new Error("no simulated device in the list");
  return record.id;
};

async function openDemo(page: PageDouble): Promise<{ device: string; terminal: TerminalDouble }> {
  await page.until("catalog", ({ records }) => records.length > 0);
  const device = deviceOf(page);
  const terminal = new TerminalDouble(page.bridge.openBytes(device));
  expect(await page.bridge.dispatch(commands.open(device, { cols: 80, rows: 24 }))).toEqual({ ok: true });
  await page.until(`device:${device}`, ({ ssh1 }) => ssh1.phase === "live");
  return { device, terminal };
}

describe("worker host against a real proxy and the demo lab", () => {
  test("[S7] [S19] an unpaired page pairs with a code and comes online with a signed hello", async () => {
    const page = await pairedPage();
    await page.until("sign_in", ({ phase, label }) => phase === "paired" && label === "tablet");
    await page.until("storage", ({ phase, persisted }) => phase === "ok" && persisted);
  });

  test("[S6] a wrong code is refused with a text, and the page stays unpaired", async () => {
    const page = new PageDouble(proxy.url, new BrowserProfile());
    pages.push(page);
    await page.until("sign_in", ({ phase }) => phase === "unpaired");
    const result = await page.bridge.dispatch(commands.pair("wrong-code-wrong-code", "tablet"));
    expect(result).toMatchObject({ ok: false, error: { reason: "pair_invalid" } });
    await page.until("sign_in", ({ phase, error }) => phase === "unpaired" && error?.reason === "pair_invalid");
  });

  test("[WP6] [WP9] [WP17] a terminal opens, what is typed comes back, and telemetry fills a panel by itself", async () => {
    const page = await pairedPage();
    const { device, terminal } = await openDemo(page);
    await terminal.until(() => /[>#]$/.test(terminal.text));
    terminal.type("terminal length 0\rshow version\r");
    await terminal.until(() => /show version[\s\S]*[>#]$/.test(terminal.text));
    expect(terminal.messages[0]).toMatchObject({ t: "begin", pos: 0, clear: true });
    await page.bridge.dispatch(commands.monitor(device, { panels: ["device_info"] }));
    const view = await page.until(`device:${device}`, ({ ssh2 }) => ssh2.phase === "live");
    expect(view.badge).toMatch(/ok|stale/);
    const reading = await page.until(`panel:${device}:device_info`, ({ status }) => status === "ok");
    expect(reading.sources.length).toBeGreaterThan(0);
  });

  test("[U79] a theme is confirmed by the proxy and reaches another tab of the same user", async () => {
    const profile = new BrowserProfile();
    const page = await pairedPage(profile);
    const other = await pairedPage(profile);
    const result = await page.bridge.dispatch(commands.setTheme("crt-amber"));
    expect(result).toEqual({ ok: true });
    await page.until("ui_state", ({ theme, sync }) => theme === "crt-amber" && sync === "synced");
    await other.until("ui_state", ({ theme, sync }) => theme === "crt-amber" && sync === "synced");
  });

  test("[WP18] [WP26] killed sockets lose and double nothing, in either direction", async () => {
    const page = await pairedPage();
    const { device, terminal } = await openDemo(page);
    await terminal.until(() => /[>#]$/.test(terminal.text));
    terminal.type("terminal length 0\r");
    for (let round = 0; round < 5; round++) {
      terminal.type(`show clock | include nothing-${round}\r`);
      page.cutLinks();
      terminal.type("show interfaces\r");
      await page.until("link", ({ phase, resumes }) => phase === "online" && resumes > round);
      await page.until(`device:${device}`, ({ ssh1 }) => ssh1.phase === "live");
    }
    terminal.type("show users\r");
    await terminal.until(() => /show users[\s\S]*[>#]$/.test(terminal.text));
    const typed = [...terminal.text.matchAll(/nothing-(\d)/g)].map((match) => match[1]);
    expect(typed).toEqual(["0", "1", "2", "3", "4"]);
    expect([...terminal.text.matchAll(/[>#]show interfaces/g)]).toHaveLength(5);
    expect(terminal.messages.filter(({ t }) => t === "gap")).toEqual([]);
    expect(page.view("link")?.resumes).toBeGreaterThanOrEqual(5);
  });

  test("[U97] a crashed worker is replaced, the session resumes, the screen goes on where it was", async () => {
    const page = await pairedPage();
    const { device, terminal } = await openDemo(page);
    await terminal.until(() => /[>#]$/.test(terminal.text));
    const before = terminal.text;
    page.crashWorker();
    await page.until("worker", ({ phase, replaced }) => phase === "running" && replaced === 1);
    await page.until(`device:${device}`, ({ ssh1 }) => ssh1.phase === "live");
    terminal.type("show clock\r");
    await terminal.until(() => /show clock[\s\S]*[>#]$/.test(terminal.text.slice(before.length)));
    expect(terminal.text.startsWith(before)).toBe(true);
    expect(terminal.messages.filter(({ t }) => t === "begin")).toHaveLength(1);
  });

  test("[WP26] a reloaded page takes its session up again, with what the proxy still has", async () => {
    const profile = new BrowserProfile();
    const first = await pairedPage(profile);
    const { device, terminal } = await openDemo(first);
    await terminal.until(() => /[>#]$/.test(terminal.text));
    first.close();
    const second = await pairedPage(profile);
    await second.until(`device:${device}`, ({ ssh1 }) => ssh1.phase === "live");
    const again = new TerminalDouble(second.bridge.openBytes(device));
    await again.until(() => again.text.includes(terminal.text.slice(-10)));
    again.type("show clock\r");
    await again.until(() => /show clock[\s\S]*[>#]$/.test(again.text));
    expect(again.messages[0]).toMatchObject({ t: "begin" });
  });

  test("[WP35] a workspace closed with detach goes on where it was when it is opened again", async () => {
    const page = await pairedPage();
    const { device, terminal } = await openDemo(page);
    await terminal.until(() => /[>#]$/.test(terminal.text));
    terminal.type("terminal length 0\r");
    await terminal.until(() => /length 0[\s\S]*[>#]$/.test(terminal.text));
    const sid = terminal.messages.find((message) => message.t === "begin")?.stream;
    await page.bridge.dispatch(commands.close(device, "detach"));
    await page.until("catalog", ({ open }) => !open.includes(device));
    terminal.channel.close();
    const again = (await openDemo(page)).terminal;
    await again.until(() => again.text.includes("length 0"));
    expect(again.messages[0]).toMatchObject({ t: "begin", stream: sid });
    const view = await page.until(`device:${device}`, ({ ssh2 }) => ssh2.phase === "live");
    expect(view.ssh1.host_key).toEqual(view.ssh2.host_key);
  });

  test("close ends both sessions at the proxy and takes the workspace away", async () => {
    const page = await pairedPage();
    const before = proxy.sessions;
    const { device } = await openDemo(page);
    await page.until(`device:${device}`, ({ ssh2 }) => ssh2.phase === "live");
    expect(proxy.sessions).toBe(before + 2);
    const ended = (): number => proxy.log.filter(({ event }) => event === "session.ended").length;
    const endedBefore = ended();
    await page.bridge.dispatch(commands.close(device, "end"));
    await page.until("catalog", ({ open }) => !open.includes(device));
    await expect.poll(() => page.view(`device:${device}`)).toBeUndefined();
    // Ended ones are kept for their last output [WP35]; the log says that both ended.
    await expect.poll(ended).toBe(endedBefore + 2);
  });

  test("[A11] an unknown message is answered unsupported, a closed device by name", async () => {
    const page = await pairedPage();
    const odd = { v: 1, device: "-", session_id: "link", type: "system", action: "dance", payload: {} };
    expect(await page.bridge.dispatch(odd as never)).toMatchObject({ ok: false, error: { code: "unsupported" } });
    const device = deviceOf(page);
    expect(await page.bridge.dispatch(commands.size(device, 80, 24))).toMatchObject({
      ok: false,
      error: { code: "invalid", reason: "not_open" },
    });
  });
});
