import type { BrowserContext, Page } from "playwright";
import { describe, expect, it } from "vitest";
import { deviceList, home } from "./support/browser.ts";
import { requireRig } from "./support/rig.ts";
import { openDevice, SOON, seeLastRow } from "./support/terminal.ts";

const e2e = await requireRig();

const theme = (page: Page) => page.evaluate(() => document.documentElement.dataset.theme);
const seeTheme = (page: Page, id: string) => expect.poll(() => theme(page), SOON).toBe(id);

async function chooseTheme(page: Page, id: string): Promise<void> {
  await page.getByRole("button", { name: "Settings" }).click();
  await page.locator(`[data-theme-id="${id}"]`).click();
  await seeTheme(page, id);
}
const closeSheet = (page: Page) => page.getByRole("button", { name: "Close", exact: true }).click();

/** Waits until the app can start without the proxy. */
const offlineReady = (page: Page) =>
  page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active?.state === "activated") return;
    await new Promise<void>((done) => {
      active?.addEventListener("statechange", () => (active.state === "activated" ? done() : undefined));
    });
  });

describe.skipIf(!e2e.ready)("ui_state and life without the proxy", () => {
  const rig = e2e.use({ app: "each test" });

  async function anotherTab(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    await page.goto(rig.app.url);
    return page;
  }

  it("[U79] a theme set in one tab appears in another and on another tablet, survives reload and restart", async () => {
    const { page } = await rig.paired();
    const second = await anotherTab(page.context());
    const { page: tablet } = await rig.paired("portrait");
    await seeTheme(second, "dark");
    await seeTheme(tablet, "dark");
    await chooseTheme(page, "crt-amber");
    await seeTheme(second, "crt-amber");
    await seeTheme(tablet, "crt-amber");
    await page.reload();
    await seeTheme(page, "crt-amber");
    await rig.app.restart();
    const { page: fresh } = await rig.paired();
    await seeTheme(fresh, "crt-amber");
  });

  it("[U79] a panel hidden in one tab is hidden in the other, and comes back in both", async () => {
    const { page } = await rig.paired();
    await openDevice(page, /Demo router 1/);
    const { page: tablet } = await rig.paired();
    await openDevice(tablet, /Demo router 2/);
    const memory = (where: Page) => where.locator('[data-panel="memory"]');
    await memory(tablet).waitFor();
    await page.getByRole("button", { name: "Choose panels" }).click();
    const shown = page.getByRole("switch", { name: "Memory" });
    await shown.click();
    await memory(page).waitFor({ state: "detached" });
    await memory(tablet).waitFor({ state: "detached" });
    await shown.click();
    await memory(tablet).waitFor();
  });

  it("[U92] without the proxy the app opens with its devices and last-known panels, marked as old", async () => {
    const { page } = await rig.paired();
    await openDevice(page, /Demo router 1/);
    await seeLastRow(page, /demo-r1#$/);
    const bgp = page.locator('[data-panel="bgp"]');
    await expect.poll(() => bgp.getAttribute("data-status"), SOON).toBe("ok");
    await offlineReady(page);
    await rig.app.stop("SIGKILL");
    await page.reload();
    await page.getByTestId("offline-banner").waitFor();
    await home(page).click();
    await deviceList(page);
    for (const name of [/Demo router 1/, /Demo router 2/]) await page.getByRole("button", { name }).first().waitFor();
    await openDevice(page, /Demo router 1/);
    await expect.poll(() => bgp.getAttribute("data-status"), SOON).toBe("stale");
    expect(await bgp.innerText()).toContain("10.255.0.2");
  });

  it("[U80] a theme changed without the proxy is kept and reaches it later", async () => {
    const { page } = await rig.paired();
    await offlineReady(page);
    await rig.app.stop();
    await page.getByTestId("offline-banner").waitFor();
    await chooseTheme(page, "light");
    await page.getByText("Kept on this tablet; the proxy learns it when the link is back.").waitFor();
    await page.reload();
    await seeTheme(page, "light");
    await rig.app.restart();
    await page.getByTestId("offline-banner").waitFor({ state: "detached" });
    const { page: tablet } = await rig.paired();
    await seeTheme(tablet, "light");
  });

  it("[U80] of two changes the later-based one loses, is shown once, and wins by “use mine”", async () => {
    const { page } = await rig.paired();
    const { page: tablet } = await rig.paired();
    await offlineReady(page);
    await rig.app.stop();
    await page.getByTestId("offline-banner").waitFor();
    await chooseTheme(page, "light");
    await page.getByText("Kept on this tablet").waitFor();
    const context = page.context();
    await page.close();
    await rig.app.restart();
    await tablet.getByTestId("offline-banner").waitFor({ state: "detached" });
    await chooseTheme(tablet, "crt-green");
    await expect.poll(() => tablet.getByText("Waiting for the proxy to confirm.").count(), SOON).toBe(0);
    await closeSheet(tablet);

    const back = await anotherTab(context);
    const conflict = back.getByTestId("conflict-banner");
    await conflict.waitFor();
    expect(await conflict.innerText()).toContain("The theme was changed elsewhere");
    await seeTheme(back, "crt-green");
    await conflict.getByRole("button", { name: "Use mine" }).click();
    await seeTheme(back, "light");
    await seeTheme(tablet, "light");
    expect(await conflict.count()).toBe(0);
  });
});
