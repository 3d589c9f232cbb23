import type { Page } from "playwright";
import { expect } from "vitest";
import { SOON } from "./terminal.ts";

/** A counted line as it is drawn: each run of text with the classes that colour it. */
export type DrawnLine = readonly (readonly [text: string, classes: string])[];
type Drawn = { n: number; line: DrawnLine };

/** A turn of the wheel, in pixels; the terminal moves by a few lines, however strong it is. */
const TURN_PX = 400;
/** Turns at a time on the way back to the beginning, and on the way down: less than a screen. */
const TURNS_BACK = 40;
const TURNS_DOWN = 8;

/** A turn shows within a frame or two. */
const AT_ONCE = { ...SOON, interval: 20 };

async function turn(page: Page, times: number, px: number): Promise<void> {
  // Sent one behind the other: waiting for each answer would take most of the test's time.
  await Promise.all(Array.from({ length: times }, () => page.mouse.wheel(0, px)));
}

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
 * Scrolls through all that the terminal keeps, as a person does with a wheel, and gives every counted line in order from
 * 1 to `last`. Every line must stand directly below the one before it.
 */
export async function drawnLines(page: Page, last: number): Promise<DrawnLine[]> {
  const box = await page.locator(".rs-term-screen").boundingBox();
  if (box === null) throw new Error("no terminal is shown");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const first = async () => {
    await turn(page, TURNS_BACK, -TURN_PX);
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
    expect(from, "the screen before reached up to here").toBeLessThanOrEqual(lines.size + 1);
    for (const { n, line } of seen) lines.set(n, line);
    if (lines.has(last)) break;
    await turn(page, TURNS_DOWN, TURN_PX);
    await expect.poll(async () => (await onScreen(page)).at(-1)?.n, AT_ONCE).toBeGreaterThan(seen.at(-1)?.n ?? 0);
  }
  return [...lines.entries()].sort(([a], [b]) => a - b).map(([, line]) => line);
}
