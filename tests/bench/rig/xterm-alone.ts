import { resolve } from "node:path";
import type { Browser } from "playwright";
import { openScreen } from "#support/chromium.ts";
import type { AlonePage } from "../page/xterm-alone.ts";
import { SCREEN } from "./browser.ts";
import { serveFolder } from "./static-server.ts";

const FOLDER = resolve(import.meta.dirname, "../bench-page");

export type TerminalShape = { cols: number; rows: number; fontSize: number; scrollback: number };
export type AloneTerminal = { mbPerS(): Promise<number>; close(): Promise<void> };

/** xterm.js by itself in the browser, with the text at hand. */
export async function openXtermAlone(browser: Browser, file: string, shape: TerminalShape): Promise<AloneTerminal> {
  const server = await serveFolder(FOLDER, new Map([["/text", file]]));
  const screen = await openScreen(browser, "landscape", SCREEN);
  const page = await screen.newPage();
  await page.goto(server.url);
  await page.waitForFunction(() => "bench" in globalThis);
  await page.evaluate((options) => (globalThis as unknown as { bench: AlonePage }).bench.openTerminal(options), shape);
  return {
    mbPerS: async () => {
      const { bytes, ms } = await page.evaluate(() =>
        (globalThis as unknown as { bench: AlonePage }).bench.writeText("/text"),
      );
      return bytes / 1_000 / ms;
    },
    close: async () => {
      await screen.close();
      await server.close();
    },
  };
}
