import type { Page } from "playwright";
import { describe, expect, it } from "vitest";
import { openScreen } from "#support/chromium.ts";
import { deviceList, listen } from "./support/browser.ts";
import { requireRig } from "./support/rig.ts";

const e2e = await requireRig();

describe.skipIf(!e2e.ready)("devices that may use this proxy", () => {
  const rig = e2e.use({ app: "all tests" });

  async function settings(page: Page) {
    await page.getByRole("button", { name: "Settings" }).first().click();
    const section = page.getByTestId("clients");
    await section.getByText("this one").waitFor();
    return section;
  }

  it("[S6] [S11] a code made here pairs another rig.browser, which shows up, gets a name, and is revoked at once", async () => {
    const { page, complaints } = await rig.paired();
    const section = await settings(page);
    expect(await section.getByRole("listitem").count()).toBe(1);
    await section.getByRole("button", { name: "Pair another device…" }).click();
    const code = (await section.getByTestId("pairing-code").innerText()).trim();
    expect(code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    expect(
      await section
        .getByRole("img", { name: /QR code/ })
        .locator("path")
        .getAttribute("d"),
    ).toMatch(/^M\d+ \d+h1/);

    const other = await (await openScreen(rig.browser, "landscape")).newPage();
    const otherComplaints = listen(other, rig.app.url);
    await other.goto(rig.app.url);
    await other.getByLabel("Pairing code").fill(code.toLowerCase().replace("-", " "));
    await other.getByLabel("Name of this tablet").fill("Old phone");
    await other.getByRole("button", { name: "Pair", exact: true }).click();
    await deviceList(other);

    // It appears without a tap.
    const row = section.getByRole("listitem").filter({ hasText: "Old phone" });
    await row.getByText("connected").waitFor();
    expect(await row.innerText()).toMatch(/SHA256:[A-Za-z0-9+/]{43}/);
    await row.getByRole("button", { name: "Rename" }).click();
    await section.getByLabel("Name", { exact: true }).fill("Rack 14");
    await section.locator("form").getByRole("button", { name: "Rename", exact: true }).click();
    const renamed = section.getByRole("listitem").filter({ hasText: "Rack 14" });
    await renamed.waitFor();

    await renamed.getByRole("button", { name: "Revoke…" }).click();
    await renamed.getByRole("button", { name: "Revoke now" }).click();
    await renamed.waitFor({ state: "detached" });
    await other.getByText("This client was signed out at the proxy").waitFor();
    expect(await section.getByRole("listitem").count()).toBe(1);

    const activity = page.getByTestId("activity");
    await activity.getByRole("combobox").selectOption({ label: "Devices" });
    await activity.getByText("Device revoked").waitFor();
    await activity.getByText("Device renamed").waitFor();
    expect(await activity.innerText()).toContain("Rack 14");
    expect(await activity.innerText()).not.toContain(code);
    expect(complaints).toEqual({ errors: [], foreign: [] });
    // The browser itself reports the 401 that told the other page why.
    expect(otherComplaints.foreign).toEqual([]);
  });

  it("[S9] [S11] unpairing signs this client out and leaves nothing of it", async () => {
    const { page } = await rig.paired();
    await settings(page);
    await page.getByRole("button", { name: "Unpair…" }).click();
    await page.getByRole("button", { name: "Unpair this tablet" }).click();
    await page.getByRole("heading", { name: "Pair this tablet" }).waitFor();
    expect(await page.evaluate(async () => (await fetch("/api/me")).status)).toBe(401);
  });
});
