import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningApp, startApp } from "#support/app.ts";
import { openScreen, requireChromium, SCREENS, type ScreenName } from "#support/chromium.ts";
import { home, launchBrowser, openPaired, openRegion } from "./support/browser.ts";
import { BUSY } from "./support/busy-config.ts";
import { axeFindings, cursorSeen, overflow, smallTargets } from "./support/page-checks.ts";
import { focusTerminal, openDevice, SOON, seeLastRow, seeOnScreen, typeLine } from "./support/terminal.ts";

const chromium = await requireChromium();
const THEMES = ["dark", "light", "crt-amber", "crt-green"] as const;
/** Pictures for people to look at; git ignores the folder. */
const FOLDER = resolve(import.meta.dirname, "../../.cache/screens");
/** Height that a soft keyboard takes, by how wide the screen is. */
const KEYBOARD_PX = { phone: 300, other: 340 };

describe.skipIf(chromium === undefined)("every screen at every size", () => {
  let app: RunningApp;
  let browser: Browser;
  beforeAll(async () => {
    await mkdir(FOLDER, { recursive: true });
    app = await startApp({ config: { limits: BUSY } });
    browser = await launchBrowser(chromium ?? "");
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  /** What must hold on any screen; the picture is taken on the way. */
  async function look(page: Page, screen: ScreenName, what: string): Promise<void> {
    await page.screenshot({ path: `${FOLDER}/${screen}-${what}.png`, scale: "css" });
    const name = `${screen} ${what}`;
    expect.soft(await overflow(page), name).toEqual({ x: 0, y: 0 });
    if (SCREENS[screen].hasTouch) expect.soft(await smallTargets(page), name).toEqual([]);
    // Colours are the same at every size, and places in every theme.
    if (screen === "landscape" || what.endsWith("dark")) expect.soft(await axeFindings(page), name).toEqual([]);
  }
  const region = async (page: Page, screen: ScreenName, name: "Terminal" | "Panels") => {
    if (screen === "phone") await openRegion(page, name);
  };
  const close = async (page: Page) => {
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  };

  const NAMES = Object.keys(SCREENS) as ScreenName[];
  const pages = new Map<ScreenName, Page>();
  const everywhere = (act: (page: Page, screen: ScreenName) => Promise<void>) =>
    Promise.all(NAMES.map((screen) => act(pages.get(screen) as Page, screen)));

  /** All four screens side by side: an answered command on the terminal, and panels that have filled. */
  async function openEverywhere(): Promise<void> {
    for (const screen of NAMES) pages.set(screen, (await openPaired(browser, app, screen)).page);
    await everywhere(async (page, screen) => {
      await openDevice(page, /Demo router 1/);
      await seeLastRow(page, /demo-r1#$/);
      await focusTerminal(page);
      for (const command of ["terminal length 0", "show ip bgp summary"]) {
        await typeLine(page, command);
        await seeLastRow(page, /demo-r1#$/);
      }
      await seeOnScreen(page, /^198\.51\.100\.1 /m);
      await region(page, screen, "Panels");
      for (const panel of ["device_info", "ifcounters", "bgp", "ospf"]) {
        const status = () => page.locator(`[data-panel="${panel}"]`).getAttribute("data-status");
        await expect.poll(status, { ...SOON, message: `${screen} ${panel}` }).toBe("ok");
      }
    });
  }

  it("[U1] [U2] [U32] [U88] [U91] every screen, at four sizes, in four themes, and with the keyboard open", async () => {
    await openEverywhere();
    for (const theme of THEMES) {
      await everywhere(async (page, screen) => {
        await home(page).click();
        await page.getByRole("button", { name: "Settings" }).click();
        await page.getByRole("dialog").getByRole("heading", { name: "Settings" }).waitFor();
        await page.locator(`[data-theme-id="${theme}"]`).click();
        await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme), SOON).toBe(theme);
        await look(page, screen, `settings-${theme}`);
        await close(page);
        await look(page, screen, `devices-${theme}`);
        await page
          .getByRole("button", { name: /Demo router 1/ })
          .last()
          .click();
        await region(page, screen, "Terminal");
        await look(page, screen, `workspace-${theme}`);
        await region(page, screen, "Panels");
        if (screen === "phone") await look(page, screen, `panels-${theme}`);
        await page
          .locator('[data-panel="bgp"]')
          .getByRole("button", { name: /Source and raw text/ })
          .click();
        await page.getByRole("dialog").getByRole("heading", { name: "BGP" }).waitFor();
        await look(page, screen, `panel-sheet-${theme}`);
        await close(page);
      });
    }
    await everywhere(async (page, screen) => {
      if (!SCREENS[screen].hasTouch) return;
      await home(page).click();
      await page
        .getByRole("button", { name: /Demo router 1/ })
        .last()
        .click();
      await region(page, screen, "Terminal");
      await page.getByRole("button", { name: "Show the keyboard" }).tap();
      const { width, height } = SCREENS[screen].viewport;
      const keyboard = screen === "phone" ? KEYBOARD_PX.phone : KEYBOARD_PX.other;
      await page.setViewportSize({ width, height: height - keyboard });
      await expect.poll(() => cursorSeen(page), { ...SOON, message: screen }).toBe(true);
      await page.screenshot({ path: `${FOLDER}/${screen}-keyboard.png`, scale: "css" });
      expect(await overflow(page), screen).toEqual({ x: 0, y: 0 });
    });
  });

  it("[S4] [U91] pairing, at four sizes", async () => {
    for (const screen of NAMES) {
      const page = await (await openScreen(browser, screen)).newPage();
      await page.goto(app.url);
      await page.getByRole("heading", { name: "Pair this tablet" }).waitFor();
      await look(page, screen, "pair-dark");
      await page.context().close();
    }
  });
});
