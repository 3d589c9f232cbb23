import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from "playwright";
import { requireTools } from "./find-tools.ts";

/** No sandbox because tests run as root; the rest keeps the browser from talking to anyone but the page under test. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The four sizes that the app is looked at in, in CSS pixels. */
export const SCREENS = {
  landscape: { viewport: { width: 1180, height: 820 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
  portrait: { viewport: { width: 820, height: 1180 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 3 },
  desktop: { viewport: { width: 1440, height: 900 }, hasTouch: false, isMobile: false, deviceScaleFactor: 1 },
} as const satisfies Record<string, BrowserContextOptions>;

export type ScreenName = keyof typeof SCREENS;

/** The browser's path for `describe.skipIf`, or undefined after one line that says why; see `requireTools`. */
export async function requireChromium(): Promise<string | undefined> {
  const tools = await requireTools("chromium");
  return tools.ok ? tools.path("chromium") : undefined;
}

/**
 * Starts the browser that `requireChromium` found. The caller closes it. With `ownSignals` it does not end the process on
 * SIGINT and SIGTERM: the caller has more to close than a browser.
 */
export async function launchChromium(
  executablePath: string,
  extra: readonly string[] = [],
  { ownSignals = false }: { ownSignals?: boolean } = {},
): Promise<Browser> {
  const signals = { handleSIGINT: !ownSignals, handleSIGTERM: !ownSignals, handleSIGHUP: !ownSignals };
  return chromium.launch({ executablePath, args: [...ARGUMENTS, ...extra], ...signals });
}

/** A fresh profile in one of the four sizes. Reduced motion and a fixed locale keep screenshots comparable. */
export async function openScreen(
  browser: Browser,
  screen: ScreenName,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  return browser.newContext({ ...SCREENS[screen], locale: "en-GB", reducedMotion: "reduce", ...options });
}
