/** A flood is skipped to its prompt: taken, not drawn, and nothing is sent to the device [U14]. */
import type { Browser } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type RunningApp, startApp } from "#support/app.ts";
import { requireChromium } from "#support/chromium.ts";
import { requireTools } from "#support/find-tools.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";
import { launchBrowser, openPaired } from "./support/browser.ts";
import { BUSY } from "./support/busy-config.ts";
import { closeProfiles } from "./support/leftovers.ts";
import { addDevice, logIn, open, trust } from "./support/real-device.ts";
import { focusTerminal, screenText, seeOnScreen, typeLine } from "./support/terminal.ts";

const chromium = await requireChromium();
const tools = await requireTools("sshd", "ssh-keygen");
const ready = chromium !== undefined && tools.ok && requireOwnAccounts();

describe.skipIf(!ready)("a flood", () => {
  let app: RunningApp;
  let sshd: TestSshServer;
  let browser: Browser;
  beforeAll(async () => {
    if (tools.ok) sshd = await startSshd(tools);
    browser = await launchBrowser(chromium ?? "");
    const allow = [{ cidr: "127.0.0.1/32", ports: [sshd.port], label: "test server" }];
    app = await startApp({ args: ["--no-demo"], config: { limits: BUSY, allow } });
  });
  afterEach((test) => closeProfiles(browser, test));
  afterAll(async () => {
    await app?.close();
    await browser?.close();
    await sshd?.stop();
  });

  it("[U14] is skipped from the chip's sheet: the prompt is there, with the last lines, and how much was not drawn", async () => {
    const { page } = await openPaired(browser, app);
    await addDevice(page, { port: sshd.port, label: "flood" });
    await open(page, "flood");
    await trust(page, sshd);
    await logIn(page, sshd.password ?? "");
    await seeOnScreen(page, /\$/);
    await focusTerminal(page);
    await typeLine(page, "seq 1 9000000; echo at-the-$((40+2)); read x; echo got-[$x]");
    await seeOnScreen(page, /\d{3,}/);
    await page.locator("button.rs-conn").click();
    await page.getByRole("dialog").getByRole("button", { name: "Skip to prompt" }).click();
    await page.getByTestId("skipping").waitFor();
    await seeOnScreen(page, /KiB \(\d+ bytes\) not drawn/);
    await page.getByTestId("skipping").waitFor({ state: "detached" });
    await seeOnScreen(page, /9000000\nat-the-42/);
    // Nothing was typed by the skip itself: the first line that is read is the person's.
    await focusTerminal(page);
    await typeLine(page, "mine");
    await seeOnScreen(page, /got-\[mine\]/);
    expect(await screenText(page)).toMatch(/not drawn/);
  });
});
