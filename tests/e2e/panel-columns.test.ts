import type { Browser } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningApp, startApp } from "#support/app.ts";
import { requireChromium } from "#support/chromium.ts";
import { home, launchBrowser, openPaired, openRegion } from "./support/browser.ts";
import { smallTargetsWhile } from "./support/page-checks.ts";
import { openDevice, SOON } from "./support/terminal.ts";

const chromium = await requireChromium();

describe.skipIf(chromium === undefined)("columns of panels on a phone", () => {
  let app: RunningApp;
  let browser: Browser;
  beforeAll(async () => {
    app = await startApp();
    browser = await launchBrowser(chromium ?? "");
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  it("[U79] [U88] no frame has columns that do not fit, while panels fill, are hidden and come again", async () => {
    const { page } = await openPaired(browser, app, "phone");
    await openDevice(page, /Demo router 1/);
    const small = await smallTargetsWhile(page, async () => {
      await openRegion(page, "Panels");
      for (const panel of ["ifstate", "ifcounters", "bgp"]) {
        const status = () => page.locator(`[data-panel="${panel}"]`).getAttribute("data-status");
        await expect.poll(status, { ...SOON, message: panel }).toBe("ok");
      }
      await page.locator(".rs-table .rs-chart-button").first().waitFor();
      for (const before of ["Terminal", "Panels"] as const) {
        await openRegion(page, before);
        await home(page).click();
        await page
          .getByRole("button", { name: /Demo router 1/ })
          .last()
          .click();
        await openRegion(page, "Panels");
        await page.locator(".rs-table .rs-chart-button").first().waitFor();
      }
    });
    expect(small).toEqual([]);
  });
});
