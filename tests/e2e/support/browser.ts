import type { Browser, BrowserContextOptions, Page } from "playwright";
import type { RunningApp } from "#support/app.ts";
import { launchChromium, openScreen, type ScreenName } from "#support/chromium.ts";

/**
 * Without WebGL the terminal draws into the page, where a test can read what a person sees. Drawing with WebGL is looked
 * at by the tests of the terminal alone.
 */
const READABLE_TERMINAL = ["--disable-3d-apis"];

/** What a page did that it should not have done. */
export type Complaints = {
  /** Errors in the console, broken content policies among them, and exceptions that nobody caught. */
  readonly errors: string[];
  /** Addresses of requests to anyone but the proxy. */
  readonly foreign: string[];
};

/** The browser of a test file. The caller closes it. */
export function launchBrowser(executablePath: string): Promise<Browser> {
  return launchChromium(executablePath, READABLE_TERMINAL);
}

/** Collects everything that a page complains of from now on. */
export function listen(page: Page, origin: string): Complaints {
  const errors: string[] = [];
  const foreign: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  const look = (address: string) => {
    const url = new URL(address);
    if (!["data:", "blob:"].includes(url.protocol) && url.host !== new URL(origin).host) foreign.push(address);
  };
  page.on("request", (request) => look(request.url()));
  page.on("websocket", (socket) => look(socket.url()));
  return { errors, foreign };
}

export type AppPage = { page: Page; complaints: Complaints };

/** A fresh profile that is paired and shows the list of devices. Closing the page's context closes the profile. */
export async function openPaired(
  browser: Browser,
  app: RunningApp,
  screen: ScreenName = "landscape",
  options: BrowserContextOptions = {},
): Promise<AppPage> {
  const context = await openScreen(browser, screen, options);
  const page = await context.newPage();
  const complaints = listen(page, app.url);
  await page.goto(await app.pairAgain());
  await deviceList(page);
  return { page, complaints };
}

/** The way back to the list of devices. */
export const home = (page: Page) => page.getByRole("button", { name: "Rackside: devices" });

/** Waits until the list of devices is shown with what the proxy has. */
export async function deviceList(page: Page): Promise<void> {
  await page.getByRole("heading", { level: 1, name: "Devices" }).waitFor();
}

/** One of the regions of a phone's workspace, of which it shows one at a time; waits until it is the one. */
export async function openRegion(page: Page, name: "Terminal" | "Panels" | "Events"): Promise<void> {
  const button = page.getByRole("navigation", { name: "Regions" }).getByRole("button", { name });
  await button.tap();
  await page.getByRole("navigation", { name: "Regions" }).locator("[aria-current]", { hasText: name }).waitFor();
}
