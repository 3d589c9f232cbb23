import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import type { Browser } from "playwright";
import type { TestContext } from "vitest";
import type { RunningApp } from "#support/app.ts";

/** Pictures of what failed; git ignores the folder. */
const FOLDER = resolve(import.meta.dirname, "../../../.cache/e2e");

/**
 * Closes every profile that a test opened; a failed test leaves pictures of its pages behind. `app`: one that the next test
 * uses as well, where a session that is kept for its client would be offered to the next one [WP28].
 */
export async function closeProfiles(browser: Browser, { task }: TestContext, app?: RunningApp): Promise<void> {
  const failed = task.result?.state === "fail";
  for (const context of browser.contexts()) {
    for (const [index, page] of failed ? context.pages().entries() : []) {
      await mkdir(FOLDER, { recursive: true });
      const name = task.name.replaceAll(/\W+/g, "-").replace(/^-/, "").slice(0, 60);
      await page.screenshot({ path: `${FOLDER}/${name}-${index}.png` }).catch(() => undefined);
    }
    await context.close();
  }
  await app?.forget();
}
