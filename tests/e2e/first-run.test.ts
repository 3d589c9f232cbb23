import type { Browser, Page } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type RunningApp, startApp } from "#support/app.ts";
import { openScreen, requireChromium } from "#support/chromium.ts";
import { type Complaints, deviceList, launchBrowser, listen, openPaired } from "./support/browser.ts";
import { BUSY } from "./support/busy-config.ts";
import { closeProfiles } from "./support/leftovers.ts";
import { focusTerminal, openDevice, SOON, screenText, seeLastRow, seeOnScreen, typeLine } from "./support/terminal.ts";

const chromium = await requireChromium();
const ROUTER = /Demo router 1/;
const PROMPT = /^demo-r1#$/;

describe.skipIf(chromium === undefined)("first run, with the demo lab", () => {
  let app: RunningApp;
  let browser: Browser;
  let complaints: Complaints | undefined;
  beforeAll(async () => {
    app = await startApp({ config: { limits: BUSY } });
    browser = await launchBrowser(chromium ?? "");
  });
  afterEach(async (test) => {
    await closeProfiles(browser, test, app);
    expect(complaints ?? { errors: [], foreign: [] }).toEqual({ errors: [], foreign: [] });
    complaints = undefined;
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  async function atPrompt(screen: "landscape" | "phone" | "desktop" = "landscape"): Promise<Page> {
    const opened = await openPaired(browser, app, screen);
    complaints = opened.complaints;
    await openDevice(opened.page, ROUTER);
    await seeLastRow(opened.page, PROMPT);
    return opened.page;
  }

  it("[Q1] [S4] [S7] the printed link pairs once: the secret leaves the address, a second use says why not", async () => {
    const context = await openScreen(browser, "landscape");
    const page = await context.newPage();
    complaints = listen(page, app.url);
    await page.goto(app.pairUrl);
    await deviceList(page);
    expect(page.url()).toBe(`${app.url}/`);
    await page.getByRole("button", { name: ROUTER }).waitFor();

    const second = await (await openScreen(browser, "landscape")).newPage();
    await second.goto(app.pairUrl);
    const refusal = second.getByRole("alert");
    await refusal.waitFor();
    expect(await refusal.innerText()).toContain("The pairing code was used already.");
    expect(await refusal.innerText()).toContain("auth_failed/pair_used");
    expect(await refusal.innerText()).toContain("rackside pair");
    expect(new URL(second.url()).hash).toBe("");
  });

  it("[Q1] the list of devices comes without the terminal's and telemetry's code, which follows while nobody waits", async () => {
    const context = await openScreen(browser, "landscape");
    const page = await context.newPage();
    complaints = listen(page, app.url);
    const asked = new Set<string>();
    const later = ["collector", "open-desks", "terminal-registry", "workspace"];
    context.on("request", (request) => {
      const name = /\/assets\/([\w.-]+)-[\w-]{8}\.js$/.exec(new URL(request.url()).pathname)?.[1];
      // The service worker's own copy for later is no part of the start.
      if (name !== undefined && request.serviceWorker() === null) asked.add(name);
    });
    await page.goto(await app.pairAgain());
    await deviceList(page);
    expect(asked).toContain("session-host.worker");
    expect(later.filter((name) => asked.has(name))).toEqual([]);
    await expect.poll(() => later.filter((name) => !asked.has(name)), SOON).toEqual([]);
  });

  it("[Q1] a tap on a demo device leads to a prompt and to panels that fill and move", async () => {
    const page = await atPrompt();
    for (const panel of ["device_info", "cpu", "ifstate", "ifcounters", "bgp", "ospf", "neighbors", "routing_table"]) {
      const card = page.locator(`[data-panel="${panel}"]`);
      await expect.poll(() => card.getAttribute("data-status"), { ...SOON, message: panel }).toBe("ok");
    }
    const panel = (id: string) => page.locator(`[data-panel="${id}"]`);
    expect(await panel("device_info").innerText()).toContain("demo-r1");
    expect(await panel("bgp").innerText()).toContain("10.255.0.2");
    expect(await panel("ospf").innerText()).toMatch(/full/i);
    expect(await panel("ifstate").innerText()).toMatch(/Gi0\/0[\s\S]*up/);

    const counters = async () => (await panel("ifcounters").innerText()).match(/\d[\d., ]*/g)?.join(" ");
    const first = await counters();
    await expect.poll(counters, { timeout: 60_000, interval: 500 }).not.toBe(first);
  });

  it("commands, ?, Tab and configuration mode work on a hardware keyboard", async () => {
    const page = await atPrompt("desktop");
    await focusTerminal(page);
    await typeLine(page, "show version");
    await seeOnScreen(page, /Cisco IOS Software[\s\S]*Configuration register is 0x2102/);
    await seeLastRow(page, PROMPT);
    await page.keyboard.type("show ip ?");
    await seeOnScreen(page, /\n {2}interface +\S[\s\S]*\n {2}ospf +\S/);
    await seeLastRow(page, /^demo-r1#show ip$/);
    await page.keyboard.press("Control+u");
    await page.keyboard.type("show ver");
    await page.keyboard.press("Tab");
    await seeLastRow(page, /^demo-r1#show version$/);
    await page.keyboard.press("Control+c");
    await seeLastRow(page, PROMPT);
    await typeLine(page, "configure terminal");
    await seeLastRow(page, /^demo-r1\(config\)#$/);
    await page.keyboard.press("Control+z");
    await seeLastRow(page, PROMPT);
  });

  it("Ctrl-C ends a command that would go on, and the prompt is back", async () => {
    const page = await atPrompt("desktop");
    await focusTerminal(page);
    await typeLine(page, "terminal length 0");
    await seeLastRow(page, PROMPT);
    await typeLine(page, "ping 203.0.113.250 repeat 500");
    await seeOnScreen(page, /Sending 500/);
    await page.keyboard.press("Control+c");
    await seeLastRow(page, PROMPT);
    await typeLine(page, "show tech-support");
    await seeOnScreen(page, /-{4,} show /);
    await page.keyboard.press("Control+c");
    await seeLastRow(page, PROMPT);
  });

  it("[U20] [U22] the key bar by touch: a pager's keys, sticky Ctrl, ?, Tab, arrows", async () => {
    const page = await atPrompt();
    const key = (name: string) => page.getByRole("toolbar").getByRole("button", { name, exact: true }).first();
    await key("Show the keyboard").tap();
    await page.keyboard.insertText("show interfaces");
    await page.keyboard.press("Enter");
    await seeLastRow(page, /--More--/);
    await page.getByRole("button", { name: "Quit the pager" }).waitFor();
    const before = await screenText(page);
    await key("Space").tap();
    await expect.poll(() => screenText(page), SOON).not.toBe(before);
    await seeLastRow(page, /--More--/);
    await key("Quit the pager").tap();
    await seeLastRow(page, PROMPT);

    await key("Up").tap();
    await seeLastRow(page, /^demo-r1#show interfaces$/);
    await key("Ctrl").tap();
    expect(await key("Ctrl").getAttribute("aria-pressed")).toBe("true");
    await page.keyboard.insertText("u");
    await seeLastRow(page, PROMPT);
    expect(await key("Ctrl").getAttribute("aria-pressed")).toBe("false");
    await page.keyboard.insertText("show cl");
    await key("Tab").tap();
    await seeLastRow(page, /^demo-r1#show clock$/);
    await key("Question mark").tap();
    await seeLastRow(page, /^demo-r1#show clock$/);
    await key("Control C").tap();
    await seeLastRow(page, PROMPT);
    expect(await page.evaluate(() => document.activeElement?.className)).toContain("rs-capture");
  });

  it("an exit is told with its reason, and one tap opens a new session", async () => {
    const page = await atPrompt();
    await focusTerminal(page);
    await typeLine(page, "exit");
    const card = page.getByTestId("ended");
    await card.waitFor();
    expect(await card.innerText()).toMatch(/The shell has ended|The device ended the session/);
    await expect.poll(() => screenText(page), SOON).toMatch(/Session ended/);
    await card.getByRole("button", { name: "Reconnect" }).tap();
    await card.waitFor({ state: "detached" });
    await expect.poll(() => screenText(page), SOON).toMatch(/New session[\s\S]*demo-r1#$/);
    await focusTerminal(page);
    await typeLine(page, "show clock");
    await seeOnScreen(page, /show clock\n\S*\d\d:\d\d:\d\d/);
  });
});
