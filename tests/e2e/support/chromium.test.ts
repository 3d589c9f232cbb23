import type { Browser } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium, openScreen, requireChromium, SCREENS, type ScreenName } from "#support/chromium.ts";

const chromium = await requireChromium();
const NAMES = Object.keys(SCREENS) as ScreenName[];

describe.skipIf(chromium === undefined)("the browser that e2e tests use", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium(chromium ?? "");
  });
  afterAll(() => browser.close());

  it.each(NAMES)("%s: the page sees that size, and touch where there is a touch screen", async (name) => {
    const context = await openScreen(browser, name);
    const page = await context.newPage();
    await page.setContent(`<meta name="viewport" content="width=device-width"><p>hello</p>`);
    const seen = await page.evaluate(() => ({
      width: innerWidth,
      height: innerHeight,
      touch: navigator.maxTouchPoints > 0,
    }));
    expect(seen).toEqual({ ...SCREENS[name].viewport, touch: SCREENS[name].hasTouch });
    await context.close();
  });

  it("has what the app is built on: workers, WebSocket, message channels", async () => {
    const context = await openScreen(browser, "landscape");
    const page = await context.newPage();
    const has = await page.evaluate(() => [typeof Worker, typeof WebSocket, typeof MessageChannel]);
    expect(has).toEqual(["function", "function", "function"]);
    await context.close();
  });
});
