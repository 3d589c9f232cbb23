import axe from "axe-core";
import type { Page } from "playwright";

/** Smallest side of what a finger has to hit, in CSS pixels [U88]; browsers round layout to fractions of a pixel. */
const TARGET_PX = 44;
const ROUNDING_PX = 0.5;

/**
 * What a finger can press on the screen at rest and is smaller than it should be. Words inside a sentence are not meant.
 */
export async function smallTargets(page: Page): Promise<string[]> {
  await atRest(page);
  return page.evaluate(collectSmallTargets, { least: TARGET_PX - ROUNDING_PX, allFrames: false });
}

/** Waits until nothing that can be pressed has come, gone, moved or changed its size for three frames. */
async function atRest(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const places = () =>
      [...document.querySelectorAll("button, a[href], input, select, summary, [role=switch]")]
        .map((element) => JSON.stringify(element.getBoundingClientRect()))
        .join();
    const wanted = 3;
    let before = places();
    for (let same = 0; same < wanted; ) {
      await new Promise(requestAnimationFrame);
      const now = places();
      same = now === before ? same + 1 : 0;
      before = now;
    }
  });
}

/** The same before each frame that comes while `act` goes on, however short it is there. */
export async function smallTargetsWhile(page: Page, act: () => Promise<void>): Promise<string[]> {
  const found = page.evaluate(collectSmallTargets, { least: TARGET_PX - ROUNDING_PX, allFrames: true });
  await act();
  await page.evaluate(() => dispatchEvent(new Event("rs-test-enough")));
  return found;
}

/** Runs in the page. */
async function collectSmallTargets(asked: { least: number; allFrames: boolean }): Promise<string[]> {
  const all = new Set<string>();
  const look = () => {
    const top = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
    for (const element of top.querySelectorAll("button, a[href], input, select, summary, [role=switch]")) {
      // A touch on its words presses a switch as well.
      const box = (element.closest("label") ?? element).getBoundingClientRect();
      const hidden = box.width === 0 || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
      if (hidden || (box.width >= asked.least && box.height >= asked.least)) continue;
      const name = element.getAttribute("aria-label") ?? element.textContent?.trim().slice(0, 40) ?? "";
      all.add(`${element.tagName.toLowerCase()}.${element.className} “${name}” ${box.width}x${box.height}`);
    }
  };
  look();
  if (asked.allFrames) {
    const enough = new AbortController();
    addEventListener("rs-test-enough", () => enough.abort(), { once: true });
    while (!enough.signal.aborted) {
      await new Promise(requestAnimationFrame);
      look();
    }
  }
  return [...all];
}

/** How far the page could be scrolled sideways or down; it never should be [U32]. */
export function overflow(page: Page): Promise<{ x: number; y: number }> {
  return page.evaluate(() => {
    const root = document.scrollingElement ?? document.documentElement;
    return { x: root.scrollWidth - root.clientWidth, y: root.scrollHeight - root.clientHeight };
  });
}

/** Serious and critical findings of axe on the screen at rest, one line each [U91]. */
export async function axeFindings(page: Page): Promise<string[]> {
  const loaded = await page.evaluate(() => "axe" in globalThis);
  if (!loaded) await page.evaluate(axe.source);
  await atRest(page);
  return page.evaluate(collectAxeFindings);
}

/** Runs in the page. */
async function collectAxeFindings(): Promise<string[]> {
  const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
    resultTypes: ["violations"],
  });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary ?? ""}`));
}

/** Whether the terminal's cursor row and the connection chip are inside what is seen above the keyboard [U2]. */
export function cursorSeen(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const height = visualViewport?.height ?? innerHeight;
    const inside = (box: DOMRect | undefined) =>
      box !== undefined && box.height > 0 && box.top >= 0 && box.bottom <= height + 1;
    const cursor = document.querySelector(".xterm-cursor")?.parentElement?.getBoundingClientRect();
    const chip = document.querySelector(".rs-conn")?.getBoundingClientRect();
    const bar = document.querySelector(".rs-key-bar")?.getBoundingClientRect();
    return inside(cursor) && inside(chip) && inside(bar);
  });
}
