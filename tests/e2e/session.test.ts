import type { Page } from "playwright";
import { describe, expect, it } from "vitest";
import { type AppPage, listen } from "./support/browser.ts";
import { requireRig } from "./support/rig.ts";
import { focusTerminal, openDevice, SOON, screenText, seeLastRow, seeOnScreen, typeLine } from "./support/terminal.ts";

const e2e = await requireRig();
const PROMPT = /demo-r2#$/;
const NOTHING = { errors: [], foreign: [] };

describe.skipIf(!e2e.ready)("a session and its pages", () => {
  const rig = e2e.use({ app: "each test" });

  async function atPrompt(): Promise<AppPage> {
    const opened = await rig.paired();
    await openDevice(opened.page, /Demo router 2/);
    await seeLastRow(opened.page, PROMPT);
    return opened;
  }
  const opened = () => rig.app.log().split('"event":"session.opened","session_id":"ssh1"').length - 1;
  /** The state of a shell that a new session would not have. */
  const enterConfig = async (page: Page) => {
    await focusTerminal(page);
    await typeLine(page, "configure terminal");
    await seeLastRow(page, /demo-r2\(config\)#$/);
  };

  it("[U30] after a tap on a device, and after a reload, what is typed reaches the terminal", async () => {
    const { page, complaints } = await atPrompt();
    await typeLine(page, "configure terminal");
    await seeLastRow(page, /demo-r2\(config\)#$/);
    await page.reload();
    await page.getByTestId("workspace").waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.className), SOON).toContain("rs-capture");
    await typeLine(page, "end");
    await seeLastRow(page, PROMPT);
    expect(complaints).toEqual(NOTHING);
  });

  it("[WP27] a reloaded page takes its session up again and says what is not on the screen", async () => {
    const { page, complaints } = await atPrompt();
    await enterConfig(page);
    const before = opened();
    await page.reload();
    await page.getByTestId("workspace").waitFor();
    await seeOnScreen(page, /demo-r2|not on this page/);
    await focusTerminal(page);
    await page.keyboard.press("Enter");
    await seeLastRow(page, /demo-r2\(config\)#$/);
    expect(opened()).toBe(before);
    const text = await screenText(page);
    const whole = /configure terminal/.test(text);
    expect(whole || /Earlier output of this session is not on this page/.test(text)).toBe(true);
    expect(complaints).toEqual(NOTHING);
  });

  it("[WP28] a second page sees that the session is in use, takes it over by a tap, and the first one shows it", async () => {
    const { page } = await atPrompt();
    await enterConfig(page);
    const before = opened();
    const second = await page.context().newPage();
    const complaints = listen(second, rig.app.url);
    await second.goto(rig.app.url);
    const row = second.getByRole("button", { name: /Demo router 2[\s\S]*Take over/ });
    await row.waitFor();
    // The same among the demo devices: without the tap on "Take over" nobody is displaced.
    await second.getByRole("button", { name: /Demo router 2[\s\S]*Connect/ }).click();
    const inUse = second.getByTestId("in-use");
    await inUse.waitFor();
    await inUse.getByRole("button", { name: "Take over" }).click();
    await inUse.waitFor({ state: "detached" });
    await focusTerminal(second);
    await second.keyboard.press("Enter");
    await seeLastRow(second, /demo-r2\(config\)#$/);
    expect(opened()).toBe(before);

    const lost = page.getByTestId("in-use");
    await lost.waitFor();
    expect(await lost.innerText()).toContain("Taken over");
    expect(complaints).toEqual(NOTHING);
  });

  it("a tab that is closed but left running is taken up from the list", async () => {
    const { page } = await atPrompt();
    await enterConfig(page);
    const before = opened();
    await page.getByRole("button", { name: /^Close Demo router/ }).click();
    await page.getByRole("button", { name: "Leave it running" }).click();
    await page.getByRole("heading", { level: 1, name: "Devices" }).waitFor();
    await openDevice(page, /Demo router 2/);
    await seeOnScreen(page, /Earlier output of this session is not on this page|configure terminal/);
    await focusTerminal(page);
    await page.keyboard.press("Enter");
    await seeLastRow(page, /demo-r2\(config\)#$/);
    expect(opened()).toBe(before);
  });

  it("[S74] a normal run breaks no content policy, writes no error, and asks nobody but the proxy", async () => {
    const { page, complaints } = await atPrompt();
    await focusTerminal(page);
    await typeLine(page, "show ip interface brief");
    await seeOnScreen(page, /GigabitEthernet0\/0 +\d/);
    await expect.poll(() => page.locator('[data-panel="ifstate"]').getAttribute("data-status"), SOON).toBe("ok");
    await page
      .locator('[data-panel="cpu"]')
      .getByRole("button", { name: /Source and raw text/ })
      .click();
    await page.getByRole("button", { name: "Raw text", exact: true }).first().click();
    await page.getByTestId("raw-text").waitFor();
    expect(await page.getByTestId("raw-text").first().innerText()).toMatch(/CPU utilization|Invalid input/);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    await page.keyboard.press("Escape");
    await page.reload();
    const policy = (await fetch(`${rig.app.url}/`)).headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    await page.getByTestId("workspace").waitFor();
    expect(complaints).toEqual(NOTHING);
  });
});
