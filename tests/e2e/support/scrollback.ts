import type { Page } from "playwright";
import { expect } from "vitest";
import { SOON } from "./terminal.ts";

/** A counted line as it is drawn: each run of text with the classes that colour it. */
export type DrawnLine = readonly (readonly [text: string, classes: string])[];
type Drawn = { n: number; line: DrawnLine };

/** A key press shows within a frame or two. */
const AT_ONCE = { ...SOON, interval: 20 };

/** The counted lines on the screen, from top to bottom. */
function onScreen(page: Page): Promise<Drawn[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll(".xterm-rows > div")].flatMap((row) => {
      const n = Number(/count (\d{5})/.exec(row.textContent ?? "")?.[1]);
      if (!(n > 0)) return [];
      const spans = [...row.querySelectorAll("span")].filter((span) => (span.textContent ?? "").trim() !== "");
      const line = spans.map((span) => [span.textContent ?? "", span.className] as [string, string]);
      return [{ n, line }];
    }),
  );
}

/**
 * Goes through all that the terminal keeps, page by page, and gives every counted line in order from 1 to `last`. Every
 * line must stand directly below the one before it.
 */
export async function drawnLines(page: Page, last: number): Promise<DrawnLine[]> {
  await page.locator(".rs-capture").focus();
  // Pressed until it holds: the key bar takes its rows a moment after the focus.
  const first = async () => {
    await page.keyboard.press("Shift+Home");
    return (await onScreen(page))[0]?.n;
  };
  await expect.poll(first, AT_ONCE).toBe(1);
  const lines = new Map<number, DrawnLine>();
  for (;;) {
    const seen = await onScreen(page);
    const from = seen[0]?.n ?? 0;
    expect(
      seen.map(({ n }) => n),
      "each line below the one before it",
    ).toEqual(seen.map((_, at) => from + at));
    expect(seen.length, "counted lines on the screen").toBeGreaterThan(0);
    // Rows that the key bar takes now go out at the top: back by a page.
    const isPast = from > lines.size + 1;
    if (!isPast) for (const { n, line } of seen) lines.set(n, line);
    if (lines.has(last)) break;
    await page.keyboard.press(isPast ? "Shift+PageUp" : "Shift+PageDown");
    const moved = async () => (await onScreen(page))[0]?.n ?? from;
    await expect.poll(moved, AT_ONCE).not.toBe(from);
  }
  return [...lines.entries()].sort(([a], [b]) => a - b).map(([, line]) => line);
}
