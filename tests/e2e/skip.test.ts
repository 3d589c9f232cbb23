/** A flood is skipped to its prompt: taken, not drawn, and nothing is sent to the device [U14]. */
import { describe, expect, it } from "vitest";
import { addDevice, logIn, open, trust } from "./support/real-device.ts";
import { requireRig } from "./support/rig.ts";
import { focusTerminal, screenText, seeOnScreen, typeLine } from "./support/terminal.ts";

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
    await focusTerminal(page);
    await typeLine(page, "seq 1 9000000; echo at-the-$((40+2)); read x; echo got-[$x]");
    await seeOnScreen(page, /\d{3,}/);
    await page.locator("button.rs-conn").click();
    await page.getByRole("dialog").getByRole("button", { name: "Skip to prompt" }).click();
    await page.getByTestId("skipping").waitFor();
    await seeOnScreen(page, /KiB \(\d+ bytes\) not drawn/);
    await page.getByTestId("skipping").waitFor({ state: "detached" });
    await seeOnScreen(page, /9000000\nat-the-42/);
    // Nothing was typed by the skip itself: the first line that is read is the person's.
    await focusTerminal(page);
    await typeLine(page, "mine");
    await seeOnScreen(page, /got-\[mine\]/);
    expect(await screenText(page)).toMatch(/not drawn/);
  });
});
