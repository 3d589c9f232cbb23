/** Dialogs by keys and for axe, where no control inside them takes the focus. */
import { describe, expect, it } from "vitest";
import { axeFindings, smallTargets } from "./support/page-checks.ts";
import { requireRig } from "./support/rig.ts";
import { openDevice, SOON, seeLastRow } from "./support/terminal.ts";

const e2e = await requireRig();

describe.skipIf(!e2e.ready)("dialogs", () => {
  const rig = e2e.use({ app: "all tests" });

  it("[U91] a sheet of text that is longer than the screen is scrolled by keys", async () => {
    const { page, complaints } = await rig.paired("landscape");
    await openDevice(page, /Demo router 1/);
    await seeLastRow(page, /^demo-r1#$/);
    await page.locator("button.rs-conn").click();
    const sheet = page.getByRole("dialog", { name: "Connection" });
    await sheet.getByRole("heading", { name: "Telemetry" }).waitFor();
    const body = sheet.locator(".rs-dialog-body");
    const scrolls = () => body.evaluate((box) => box.scrollHeight > box.clientHeight);
    const isStop = () => body.evaluate((box) => box.getAttribute("tabindex") === "0");
    // As tall as it needs to be, it is no stop; as low as with the keyboard open, it is one.
    await page.setViewportSize({ width: 1_180, height: 1_800 });
    await expect.poll(scrolls, SOON).toBe(false);
    await expect.poll(isStop, SOON).toBe(false);
    await page.setViewportSize({ width: 1_180, height: 480 });
    await expect.poll(scrolls, SOON).toBe(true);
    await expect.poll(isStop, SOON).toBe(true);
    expect(await axeFindings(page)).toEqual([]);
    await sheet.getByRole("button", { name: "Close", exact: true }).focus();
    await page.keyboard.press("Tab");
    await expect.poll(() => body.evaluate((box) => document.activeElement === box), SOON).toBe(true);
    await page.keyboard.press("End");
    await expect.poll(() => body.evaluate((box) => box.scrollTop), SOON).toBeGreaterThan(0);
    expect(complaints.errors).toEqual([]);
  });

  it("[T42] end markers are turned off in a device's sheet, and stay off after a reload", async () => {
    const { page, complaints } = await rig.paired("portrait");
    const sheet = page.getByRole("dialog");
    const markers = sheet.getByRole("switch", { name: /^End markers/ });
    const more = sheet.getByText("Platform, algorithms, notes");
    await page.getByRole("button", { name: "Add device" }).first().click();
    await sheet.getByLabel("Name or address").fill("192.0.2.7");
    await sheet.getByLabel("User", { exact: true }).fill("netops");
    await more.click();
    expect(await markers.isChecked()).toBe(true);
    await markers.uncheck();
    expect(await axeFindings(page)).toEqual([]);
    expect(await smallTargets(page)).toEqual([]);
    await sheet.getByRole("button", { name: "Add device" }).click();
    await sheet.waitFor({ state: "detached" });
    await page.reload();
    await page.getByRole("button", { name: "Edit 192.0.2.7" }).click();
    await more.click();
    expect(await markers.isChecked()).toBe(false);
    expect(complaints.errors).toEqual([]);
  });
});
