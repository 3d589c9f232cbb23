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
/** So many turns in a row that show no new line mean that there is none. */
const STUCK_MAX = 200;

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

/** The same, once the screen has stood still for two frames. */
async function standing(page: Page): Promise<Drawn[]> {
  for (let before = await onScreen(page); ; ) {
    await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
    const now = await onScreen(page);
    if (now[0]?.n === before[0]?.n) return now;
    before = now;
  }
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
  for (let stuck = 0; !lines.has(last); stuck++) {
    if (stuck > STUCK_MAX) throw new Error(`scrolling brings nothing below line ${lines.size}`);
    const seen = await standing(page);
    const from = seen[0]?.n ?? 0;
    expect(
      seen.map(({ n }) => n),
      "each line below the one before it",
    ).toEqual(seen.map((_, at) => from + at));
    // Turns of the wheel may come late, and then more of them at once than a screen is high: back a little.
    const isPast = from > lines.size + 1;
    if (!isPast) {
      if ((seen.at(-1)?.n ?? 0) > lines.size) stuck = 0;
      for (const { n, line } of seen) lines.set(n, line);
    }
    await turn(page, isPast ? 1 : TURNS_DOWN, isPast ? -TURN_PX : TURN_PX);
  }
  return [...lines.entries()].sort(([a], [b]) => a - b).map(([, line]) => line);
}
