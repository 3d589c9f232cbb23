/** What changes on a device, in the strip, as an alert, and to be read from afar. */
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import type { Locator, Page } from "playwright";
import { beforeAll, describe, expect, it } from "vitest";
import { home } from "./support/browser.ts";
import { axeFindings, overflow, smallTargets } from "./support/page-checks.ts";
import { requireRig } from "./support/rig.ts";
import { focusTerminal, openDevice, SOON, seeLastRow, typeLine } from "./support/terminal.ts";

const { ready, use } = await requireRig();
/** Pictures for people to look at; git ignores the folder. */
const FOLDER = resolve(import.meta.dirname, "../../.cache/screens");
/** A reading of ports comes every 30 s at most, and of a device that is out of sight a third as often. */
const NEXT_READING = { timeout: 120_000, interval: 250 };
const TEST_MS = 240_000;
const THEMES = ["dark", "light", "crt-amber"] as const;
/** A cable without faults of its own: what one end shuts goes down at the other. Other cables of the lab fail now and then. */
const PORT = "GigabitEthernet0/2";
const FAR_PORT = "GigabitEthernet1/0/1";
const ALERT = `Port down that was up ${PORT}`;

describe.skipIf(!ready)("changes and alerts of a device", () => {
  const rig = use({ app: "each test" });
  beforeAll(() => mkdir(FOLDER, { recursive: true }));

  const strip = (page: Page) => page.locator(".rs-events-strip");
  const tab = (page: Page, label: string) => page.getByRole("navigation", { name: "Open devices" }).getByText(label);
  const sheet = (page: Page) => page.getByRole("dialog", { name: "Events" });
  const part = (page: Page, name: string) => sheet(page).locator(".rs-segments label", { hasText: name });

  async function atPrompt(page: Page, label: string, host: string): Promise<void> {
    await openDevice(page, new RegExp(label));
    await seeLastRow(page, new RegExp(`^${host}#$`));
  }
  async function portsAreRead(page: Page): Promise<void> {
    const status = () => page.locator('[data-panel="ifstate"]').getAttribute("data-status");
    await expect.poll(status, SOON).toBe("ok");
  }
  /** Types at the far end of the cable, as a colleague would. */
  async function farEnd(page: Page, ...commands: string[]): Promise<void> {
    await focusTerminal(page);
    for (const command of ["configure terminal", `interface ${FAR_PORT}`, ...commands, "end"]) {
      await typeLine(page, command);
      await seeLastRow(page, /#$/);
    }
  }
  async function theme(page: Page, name: (typeof THEMES)[number]): Promise<void> {
    await page.getByRole("button", { name: "Settings" }).click();
    await page.locator(`[data-theme-id="${name}"]`).click();
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme), SOON).toBe(name);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  }
  async function look(page: Page, what: string): Promise<void> {
    await page.screenshot({ path: `${FOLDER}/${what}.png`, scale: "css" });
    expect.soft(await overflow(page), what).toEqual({ x: 0, y: 0 });
    expect.soft(await smallTargets(page), what).toEqual([]);
    expect.soft(await axeFindings(page), what).toEqual([]);
  }
  /** Smallest type of everything that has text of its own, CSS pixels. */
  const smallestType = (where: Locator): Promise<number> =>
    where.evaluate((root) => {
      const sizes = [...root.querySelectorAll("*")]
        .filter((one) => [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.nodeValue?.trim()))
        .map((one) => Number.parseFloat(getComputedStyle(one).fontSize));
      return Math.min(...sizes);
    });

  it("[U2] [U7] [T85] [T90] a cable that goes down stands in the strip and on the tab, is looked at, acknowledged, and clears", {
    timeout: TEST_MS,
  }, async () => {
    const { page, complaints } = await rig.paired();
    await atPrompt(page, "Demo router 1", "demo-r1");
    await portsAreRead(page);

    await home(page).click();
    await atPrompt(page, "Demo switch 1", "demo-sw1");
    await farEnd(page, "shutdown");
    // The tab of the device that is out of sight says it, without a touch.
    const ended = page.locator(".rs-tab", { hasText: "Demo router 1" });
    await expect.poll(() => ended.innerText(), NEXT_READING).toMatch(/crit/);

    await tab(page, "Demo router 1").click();
    await expect.poll(() => strip(page).innerText(), NEXT_READING).toMatch(/\d crit/);
    await expect.poll(() => strip(page).innerText(), SOON).toMatch(/new/);
    await look(page, "landscape-strip-dark");

    await strip(page).click();
    await sheet(page)
      .getByRole("button", { name: `Acknowledge ${ALERT}` })
      .waitFor(NEXT_READING);
    await look(page, "landscape-alerts-dark");
    await part(page, "Changes").click();
    const change = sheet(page).getByRole("button", { name: new RegExp(`critical[\\s\\S]*${PORT} State up`) });
    await change.waitFor();
    expect(await change.innerText()).toMatch(/critical\s+\d\d:\d\d:\d\d\s+new\s+\S+ State up →\s*to\s*down$/);
    await look(page, "landscape-changes-dark");

    await change.click();
    const detail = page.getByRole("dialog", { name: "Change" });
    await detail.getByRole("button", { name: "Show" }).first().click();
    await expect.poll(() => detail.getByTestId("raw-text").first().innerText(), SOON).toMatch(/Gi0\/2 +down/);
    await look(page, "landscape-change-dark");
    await detail.getByRole("button", { name: PORT }).click();
    await page.getByRole("dialog", { name: PORT }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await detail.waitFor({ state: "detached" });

    await part(page, "Alerts").click();
    await sheet(page)
      .getByRole("button", { name: `Snooze ${ALERT}` })
      .click();
    await sheet(page).getByRole("button", { name: "1 h", exact: true }).click();
    await sheet(page)
      .getByText(/Quiet until/)
      .waitFor();
    await sheet(page)
      .getByRole("button", { name: `Acknowledge ${ALERT}` })
      .click();
    await sheet(page)
      .getByText(/^Acknowledged \d/)
      .waitFor();
    await page.keyboard.press("Escape");
    await sheet(page).waitFor({ state: "detached" });
    // What was seen is not counted as new; what was acknowledged stays in the strip.
    await expect.poll(() => strip(page).innerText(), SOON).not.toMatch(/new/);
    expect(await strip(page).innerText()).toMatch(/crit/);

    await tab(page, "Demo switch 1").click();
    await farEnd(page, "no shutdown");
    await tab(page, "Demo router 1").click();
    await strip(page).click();
    await part(page, "Changes").click();
    // A cable that is back within 30 s is one burst [T85].
    const back = sheet(page).getByRole("button", { name: new RegExp(`${PORT} State (down|changed 2 times, now up)`) });
    await back.waitFor(NEXT_READING);
    // What was seen needs no further look once it is over.
    await part(page, "Alerts").click();
    await expect.poll(() => sheet(page).getByRole("button", { name: ALERT }).count(), SOON).toBe(0);
    expect(complaints).toEqual({ errors: [], foreign: [] });
  });

  it("[T90] a rule is changed, refused with its field, given back as shipped; one of one's own raises", {
    timeout: TEST_MS,
  }, async () => {
    const { page } = await rig.paired("portrait");
    await atPrompt(page, "Demo router 1", "demo-r1");
    await strip(page).click();
    await part(page, "Alerts").click();
    await sheet(page).getByRole("button", { name: "Alert rules…" }).click();
    const rules = page.getByRole("dialog", { name: "Alert rules" });
    await rules.getByText(/CPU, Busy: .*our default/).waitFor();
    await look(page, "portrait-rules-dark");
    await rules.getByRole("button", { name: "Edit Processor busy" }).click();
    const form = page.getByRole("dialog", { name: "Processor busy" });
    await form.getByLabel("Hold, seconds").fill("-1");
    await form.getByRole("button", { name: "Save rule" }).click();
    const hold = form.getByLabel("Hold, seconds");
    await expect.poll(() => hold.getAttribute("aria-invalid"), SOON).toBe("true");
    await expect.poll(() => hold.evaluate((one) => one === document.activeElement), SOON).toBe(true);
    await look(page, "portrait-rule-dark");
    await hold.fill("30");
    await form.getByRole("button", { name: "Save rule" }).click();
    await form.waitFor({ state: "detached" });
    await rules.getByRole("button", { name: "As shipped: Processor busy" }).click();
    await rules.getByRole("button", { name: "As shipped: Processor busy" }).waitFor({ state: "detached" });

    await rules.getByRole("button", { name: "New rule" }).click();
    const own = page.getByRole("dialog", { name: "New alert rule" });
    await own.getByLabel("Name").fill("Any load at all");
    await own.getByLabel("Warning").fill("-1");
    await own.getByRole("button", { name: "Save rule" }).click();
    await rules.getByText("Any load at all").waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => sheet(page).innerText(), NEXT_READING).toMatch(/warning[\s\S]*Any load at all/);
  });

  it("[U5] glance shows strip and panel in type that is read at two metres, and any touch or key returns", {
    timeout: TEST_MS,
  }, async () => {
    const { page } = await rig.paired();
    await atPrompt(page, "Demo router 1", "demo-r1");
    await portsAreRead(page);
    await home(page).click();
    await atPrompt(page, "Demo switch 1", "demo-sw1");
    await farEnd(page, "shutdown");
    await tab(page, "Demo router 1").click();
    await expect.poll(() => strip(page).innerText(), NEXT_READING).toMatch(/\d crit/);
    const glance = page.getByTestId("glance");
    const sizes = { landscape: { width: 1180, height: 820 }, portrait: { width: 820, height: 1180 } };
    for (const name of THEMES) {
      await theme(page, name);
      for (const [turn, size] of Object.entries(sizes)) {
        await page.setViewportSize(size);
        await look(page, `${turn}-strip-${name}`);
        await strip(page).click();
        await part(page, "Changes").click();
        await look(page, `${turn}-changes-${name}`);
        await part(page, "Signals").click();
        await look(page, `${turn}-signals-${name}`);
        await sheet(page).getByRole("button", { name: "Glance" }).click();
        await glance.waitFor();
        expect(await smallestType(glance)).toBeGreaterThanOrEqual(48);
        expect(await glance.innerText()).toMatch(new RegExp(`crit[\\s\\S]*Demo router 1[\\s\\S]*${PORT}`));
        await look(page, `${turn}-glance-${name}`);
        await page.touchscreen.tap(300, 600);
        await glance.waitFor({ state: "detached" });
        // The touch that returned pressed nothing else.
        await sheet(page).waitFor();
        await page.keyboard.press("Escape");
        await sheet(page).waitFor({ state: "detached" });

        await page.locator('[data-panel="ifstate"] .rs-panel-status').click();
        await page.getByRole("dialog").getByRole("button", { name: "Glance" }).click();
        await glance.waitFor();
        expect(await smallestType(glance)).toBeGreaterThanOrEqual(48);
        expect(await glance.innerText()).toMatch(new RegExp(`Interfaces[\\s\\S]*${PORT}[\\s\\S]*down`));
        await look(page, `${turn}-glance-panel-${name}`);
        await page.keyboard.press("Space");
        await glance.waitFor({ state: "detached" });
        await page.keyboard.press("Escape");
        await page.getByRole("dialog").waitFor({ state: "detached" });
      }
      await page.setViewportSize(sizes.landscape);
    }
  });

  it("[U73] the switches say what does not work, and permission is asked from the switch only", async () => {
    const { page } = await rig.paired();
    await page.context().grantPermissions([]);
    await page.evaluate(() => {
      const asked = { count: 0 };
      Object.assign(globalThis, { asked });
      Object.defineProperty(Notification, "permission", { get: () => (asked.count > 0 ? "denied" : "default") });
      Notification.requestPermission = () => {
        asked.count++;
        return Promise.resolve("denied");
      };
    });
    const asked = () => page.evaluate(() => (globalThis as unknown as { asked: { count: number } }).asked.count);
    await page.getByRole("button", { name: "Settings" }).click();
    const section = page.getByTestId("signals");
    await section.scrollIntoViewIfNeeded();
    expect(await section.innerText()).toMatch(/There is no push server[\s\S]*iPad/);
    expect(await asked()).toBe(0);
    await section.getByRole("switch", { name: /Notifications/ }).click();
    await expect.poll(asked, SOON).toBe(1);
    await section.getByText(/was told to refuse them/).waitFor();
    await section.getByRole("switch", { name: /Sound/ }).click();
    await expect.poll(() => section.getByRole("switch", { name: /Sound/ }).isChecked(), SOON).toBe(true);
    await look(page, "landscape-signals-settings-dark");
  });
});
