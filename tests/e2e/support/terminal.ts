import type { Page } from "playwright";
import { expect } from "vitest";

/** Waits for a device, a browser and a proxy on a machine that does other things as well. */
export const SOON = { timeout: 30_000, interval: 100 };

/** The terminal's screen as it is drawn, one line per row, without trailing blanks. */
export async function screenRows(page: Page): Promise<string[]> {
  const rows = await page
    .locator(".xterm-rows > div")
    .evaluateAll((divs) => divs.map((div) => (div.textContent ?? "").replaceAll("\u00a0", " ").trimEnd()));
  while (rows.at(-1) === "") rows.pop();
  return rows;
}

export async function screenText(page: Page): Promise<string> {
  return (await screenRows(page)).join("\n");
}

/** Waits until the drawn screen matches. */
export async function seeOnScreen(page: Page, what: RegExp): Promise<void> {
  await withThePage(page, () => expect.poll(() => screenText(page), SOON).toMatch(what));
}

/** Waits until the last row of the screen matches: a prompt is back. */
export async function seeLastRow(page: Page, what: RegExp): Promise<void> {
  await withThePage(page, () => expect.poll(async () => (await screenRows(page)).at(-1) ?? "", SOON).toMatch(what));
}

/** A screen that stays empty says little: what else the page shows is told with the failure. */
async function withThePage(page: Page, wait: () => Promise<void>): Promise<void> {
  try {
    await wait();
  } catch (error) {
    const shown = await page.evaluate(() => document.body.innerText.slice(0, 2_000)).catch(() => "(no page)");
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n\nThe page shows:\n${shown}`, {
      cause: error,
    });
  }
}

/** Opens a device of the list and waits for its terminal's first text. */
export async function openDevice(page: Page, label: string | RegExp): Promise<void> {
  await page.getByRole("button", { name: label }).first().click();
  await page.getByTestId("workspace").waitFor();
}

/** Puts the keyboard's focus into the terminal as a person does: by touching it. */
export async function focusTerminal(page: Page): Promise<void> {
  await page.locator(".rs-term-screen").click({ position: { x: 60, y: 60 } });
  await expect.poll(() => page.evaluate(() => document.activeElement?.className), SOON).toContain("rs-capture");
}

/** Types a line on the hardware keyboard. */
export async function typeLine(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
}
