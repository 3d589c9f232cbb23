import type { Page } from "playwright";
import { describe, expect, it } from "vitest";
import { axeFindings } from "./support/page-checks.ts";
import { addDevice, open } from "./support/real-device.ts";
import { requireRig } from "./support/rig.ts";

const e2e = await requireRig();
const PASSPHRASE = "correct horse battery";
/** Of the addresses for documentation: nobody is there, and the dial itself comes to nothing. */
const NOBODY = "192.0.2.9";

describe.skipIf(!e2e.ready)("[S34] one tap allows exactly what was refused", () => {
  const rig = e2e.use({ app: "each test" });

  const card = (page: Page) => page.getByTestId("policy-refusal");
  async function refused(page: Page): Promise<void> {
    await addDevice(page, { host: NOBODY, port: 22, label: "nobody" });
    await open(page, "nobody");
    await card(page).getByText("not in the allow list").waitFor();
    await card(page)
      .getByRole("button", { name: `Allow exactly ${NOBODY}:22` })
      .click();
    await card(page).getByText("First show that it is you").waitFor();
    expect(await card(page).innerText()).toContain("rackside allow-changes");
  }

  it("[S16] without a vault it says what to do at the console; another address stays refused", async () => {
    const { page } = await rig.paired();
    await refused(page);
    expect(await card(page).innerText()).toContain("This tablet has no vault.");
    expect(await card(page).getByLabel("Passphrase of the vault").count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
  });

  it("[S16] an unlock of the vault is the proof: the device is dialled at once, and only it is allowed", async () => {
    const { page } = await rig.paired();
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Make a vault…" }).click();
    await page.getByLabel("New passphrase").fill(PASSPHRASE);
    await page.getByLabel("The same again").fill(PASSPHRASE);
    await page.getByRole("button", { name: "Make the vault" }).click();
    await page.getByRole("button", { name: "Lock now" }).waitFor();
    await page.getByRole("button", { name: "Close", exact: true }).click();
    await refused(page);
    const passphrase = card(page).getByLabel("Passphrase of the vault");
    await passphrase.fill("not the passphrase");
    await card(page).getByRole("button", { name: "Unlock" }).click();
    await card(page).getByText("passphrase_wrong").waitFor();
    await passphrase.fill(PASSPHRASE);
    await card(page).getByRole("button", { name: "Unlock" }).click();
    // Refused no more: it is being dialled, or already found to be nobody.
    await page
      .getByTestId("connecting")
      .or(page.getByText(/^(unreachable|dial_timeout)/))
      .first()
      .waitFor();
    expect(await card(page).count()).toBe(0);
  });
});
