import type { Browser, Page } from "playwright";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type RunningApp, startApp } from "#support/app.ts";
import { requireChromium } from "#support/chromium.ts";
import { type AppPage, home, launchBrowser, openPaired } from "./support/browser.ts";
import { BUSY } from "./support/busy-config.ts";
import { closeProfiles } from "./support/leftovers.ts";
import { axeFindings, smallTargets } from "./support/page-checks.ts";
import { openDevice, seeLastRow } from "./support/terminal.ts";

const chromium = await requireChromium();
const PASSPHRASE = "correct horse battery";
const NOTHING = { errors: [], foreign: [] };

describe.skipIf(chromium === undefined)("vault and keys in a browser", () => {
  let app: RunningApp;
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser(chromium ?? "");
  });
  beforeEach(async () => {
    app = await startApp({ config: { limits: BUSY } });
  });
  afterEach(async (test) => {
    await closeProfiles(browser, test);
    await app?.close();
  });
  afterAll(() => browser?.close());

  const settings = (page: Page) => page.getByRole("button", { name: "Settings" }).click();
  const closeSheet = (page: Page) => page.getByRole("button", { name: "Close", exact: true }).click();

  async function withVault(): Promise<AppPage> {
    const opened = await openPaired(browser, app);
    const { page } = opened;
    await settings(page);
    await page.getByRole("button", { name: "Make a vault…" }).click();
    await page.getByLabel("New passphrase").fill(PASSPHRASE);
    await page.getByLabel("The same again").fill(PASSPHRASE);
    await page.getByRole("button", { name: "Make the vault" }).click();
    await page.getByRole("button", { name: "Lock now" }).waitFor();
    return opened;
  }

  it("[S52] [S57] a key is made and shown for each platform; what is in sight can be read and pressed by all", async () => {
    const { page, complaints } = await withVault();
    await page.getByRole("button", { name: "Make a key…" }).click();
    await page.getByLabel("Name").fill("e2e tablet");
    await page.getByRole("button", { name: "Make the key" }).click();
    const shown = page.getByRole("dialog", { name: "e2e tablet" });
    await shown.waitFor();
    for (const [platform, text] of [
      ["linux", /^(ssh-ed25519|ecdsa-sha2-nistp256) AAAA\S+ e2e-tablet$/],
      ["ios", /key-string\n/],
      ["junos", /set system login user USER authentication/],
    ] as const) {
      await shown.getByLabel("Public key for", { exact: true }).selectOption(platform);
      expect(await shown.locator("pre").textContent()).toMatch(text);
    }
    expect(await axeFindings(page)).toEqual([]);
    expect(await smallTargets(page)).toEqual([]);
    await shown.getByRole("button", { name: "Done" }).click();
    await page.getByRole("button", { name: "Import a key…" }).click();
    await page.getByLabel("or its text").fill("PuTTY-User-Key-File-3: ssh-ed25519\n");
    // Without a device in the list, the place is a pattern.
    await page.getByRole("dialog", { name: "Import a private key" }).getByLabel("Name or address").fill("10.*");
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await page.getByText("puttygen key.ppk -O private-openssh").waitFor();
    expect(await axeFindings(page)).toEqual([]);
    expect(complaints).toEqual(NOTHING);
  });

  it("[S70] locked, a terminal is not on the page; unlocked, it is as it was; the form is reached with keys", async () => {
    const { page, complaints } = await withVault();
    await closeSheet(page);
    await openDevice(page, /Demo router 2/);
    await seeLastRow(page, /demo-r2#$/);
    await settings(page);
    await page.getByRole("button", { name: "Lock now" }).click();
    await closeSheet(page);
    await page.getByTestId("lock-cover").waitFor();
    expect(await page.locator(".xterm").count()).toBe(0);
    expect(await page.locator(".rs-panels-region").count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    expect(await smallTargets(page)).toEqual([]);
    const field = page.getByLabel("Passphrase of the vault");
    await field.focus();
    await page.keyboard.type("wrong passphrase");
    await page.keyboard.press("Enter");
    await page.getByText("The passphrase is wrong").waitFor();
    await page.keyboard.type(PASSPHRASE);
    await page.keyboard.press("Enter");
    await seeLastRow(page, /demo-r2#$/);
    expect(complaints).toEqual(NOTHING);
  });

  it("[S91] [S67] a secret of the vault is inserted at the cursor without Enter, where it is bound", async () => {
    const { page, complaints } = await withVault();
    await page.getByRole("button", { name: "Add an entry" }).click();
    const sheet = page.getByRole("dialog", { name: "New entry" });
    await sheet.getByLabel("Name", { exact: true }).fill("planted word");
    await sheet.getByLabel("Secret", { exact: true }).fill("show-nothing-7");
    await sheet.getByLabel("Name or address").fill("demo:*");
    await sheet.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByText("planted word").waitFor();
    await closeSheet(page);
    await openDevice(page, /Demo router 2/);
    await seeLastRow(page, /demo-r2#$/);
    await page.getByRole("button", { name: "Insert a secret" }).click();
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole("button", { name: "Insert planted word" }).click();
    await seeLastRow(page, /demo-r2#show-nothing-7$/);
    expect(complaints).toEqual(NOTHING);
  });

  it("[S69] [S71] a passkey with PRF opens the vault after a reload, and the session comes back with its screen", async () => {
    const { page } = await withVault();
    const session = await page.context().newCDPSession(page);
    await session.send("WebAuthn.enable");
    await session.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        ctap2Version: "ctap2_1",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        hasPrf: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await page.getByText("Passphrase, passkeys, export, erase").click();
    await page.getByRole("button", { name: "Add a passkey…" }).click();
    await page.getByLabel("Passphrase of the vault").fill(PASSPHRASE);
    await page.getByLabel("Name of the passkey").fill("virtual");
    await page.getByRole("button", { name: "Make the passkey" }).click();
    await page.getByText("virtual").waitFor();
    await closeSheet(page);
    await openDevice(page, /Demo router 2/);
    await seeLastRow(page, /demo-r2#$/);
    await page.reload();
    await home(page).waitFor();
    await page.getByRole("button", { name: "Unlock…" }).click();
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByRole("button", { name: "Unlock…" }).waitFor({ state: "detached" });
    await page
      .getByRole("button", { name: /Demo router 2/ })
      .first()
      .click();
    await seeLastRow(page, /demo-r2#$/);
  });
});
