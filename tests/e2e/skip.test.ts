/** A flood is skipped to its prompt: taken, not drawn, and nothing is sent to the device [U14]. */
import type { Page } from "playwright";
import { describe, expect, it } from "vitest";
import { addDevice, logIn, open, trust } from "./support/real-device.ts";
import { requireRig } from "./support/rig.ts";
import { focusTerminal, screenText, seeOnScreen, typeLine } from "./support/terminal.ts";

/** A busy machine may pause for as long as a device does at its end, and what comes after such a pause is drawn. */
const TRIES = 3;

/** A flood that ends with a question; whether the screen says at its end how much of it was not drawn. */
async function skipsFlood(page: Page): Promise<boolean> {
  await focusTerminal(page);
  await typeLine(page, "seq 1 9000000; echo at-the-$((40+2)); read x; echo got-[$x]");
  // The command has gone out at the top.
  await seeOnScreen(page, /^(?![\s\S]*got-)[\s\S]*\d{4,}\n\d{4,}/);
  await page.locator("button.rs-conn").click();
  await page.getByRole("dialog").getByRole("button", { name: "Skip to prompt" }).click();
  await page.getByTestId("skipping").waitFor();
  await page.getByTestId("skipping").waitFor({ state: "detached" });
  await seeOnScreen(page, /9000000\nat-the-42/);
  return /not drawn/.test(await screenText(page));
}

const e2e = await requireRig({ sshd: true });

describe.skipIf(!e2e.ready)("a flood", () => {
  const rig = e2e.use({ app: "all tests", args: ["--no-demo"] });

  it("[U14] is skipped from the chip's sheet: the prompt is there, with the last lines, and how much was not drawn", async () => {
    const { page } = await rig.paired();
    await addDevice(page, { port: rig.sshd.port, label: "flood" });
    await open(page, "flood");
    await trust(page, rig.sshd);
    await logIn(page, rig.sshd.password ?? "");
    await seeOnScreen(page, /\$/);
    for (let tries = 1; !(await skipsFlood(page)) && tries < TRIES; tries++) {
      await focusTerminal(page);
      await typeLine(page, "again");
      await seeOnScreen(page, /got-\[again\]/);
    }
    await seeOnScreen(page, /KiB \(\d+ bytes\) not drawn/);
    // Nothing was typed by the skip itself: the first line that is read is the person's.
    await focusTerminal(page);
    await typeLine(page, "mine");
    await seeOnScreen(page, /got-\[mine\]/);
    expect(await screenText(page)).toMatch(/not drawn/);
  });
});
