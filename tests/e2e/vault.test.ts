import type { Page } from "playwright";
import { describe, expect, it } from "vitest";
import { type AppPage, home } from "./support/browser.ts";
import { axeFindings, smallTargets } from "./support/page-checks.ts";
import { requireRig } from "./support/rig.ts";
import { openDevice, seeLastRow } from "./support/terminal.ts";

const e2e = await requireRig();
const PASSPHRASE = "correct horse battery";
const NOTHING = { errors: [], foreign: [] };

describe.skipIf(!e2e.ready)("vault and keys in a browser", () => {
  const rig = e2e.use({ app: "each test" });

  const settings = (page: Page) => page.getByRole("button", { name: "Settings" }).click();
  const closeSheet = (page: Page) => page.getByRole("button", { name: "Close", exact: true }).click();

  async function withVault(): Promise<AppPage> {
    const opened = await rig.paired();
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
    const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
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
    await page.getByLabel("Name of the passkey").fill("virtual");
    // With a wrong passphrase no passkey is made that would open nothing.
    await page.getByLabel("Passphrase of the vault").fill("wrong passphrase");
    await page.getByRole("button", { name: "Make the passkey" }).click();
    await page.getByText("The passphrase is wrong").waitFor();
    expect((await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials).toEqual([]);
    await page.getByLabel("Passphrase of the vault").fill(PASSPHRASE);
    await page.getByRole("button", { name: "Make the passkey" }).click();
    await page.getByText("virtual").waitFor();
    // Removing one is asked about.
    await page.getByRole("button", { name: "Remove the passkey virtual" }).click();
    await page.getByRole("button", { name: "Keep it" }).click();
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

  /** A terminal behind the cover, locked from Settings; Settings are closed. */
  async function lockedTerminal(): Promise<AppPage> {
    const opened = await withVault();
    const { page } = opened;
    await closeSheet(page);
    await openDevice(page, /Demo router 2/);
    await seeLastRow(page, /demo-r2#$/);
    await settings(page);
    await page.getByRole("button", { name: "Lock now" }).click();
    await page.getByText("Locked. Nothing is signed or typed until it is open.").waitFor();
    return opened;
  }

  /** In the same page, without a reload. */
  async function pairAnew(page: Page): Promise<void> {
    await page.getByLabel("Pairing code").fill(await rig.app.pairAgain());
    await page.getByRole("button", { name: "Pair", exact: true }).click();
    await home(page).waitFor();
  }

  it("[S70] locked, Settings offer no way around; closed, they leave the focus where the passphrase is typed", async () => {
    const { page, complaints } = await lockedTerminal();
    for (const name of ["Pair another device…", "Make a key…", "Import a key…", "Export…", "Lock now"]) {
      expect(await page.getByRole("button", { name }).count(), name).toBe(0);
    }
    expect(await page.getByTestId("clients").count()).toBe(0);
    expect(await page.getByTestId("activity").count()).toBe(0);
    expect(await page.getByLabel("Keep nothing on this tablet").count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    await closeSheet(page);
    await page.getByTestId("lock-cover").waitFor();
    expect(await page.getByRole("button", { name: /^Close Demo router 2/ }).count()).toBe(0);
    // Without a tap: the field has the focus.
    await page.keyboard.type(PASSPHRASE);
    await page.keyboard.press("Enter");
    await seeLastRow(page, /demo-r2#$/);
    await settings(page);
    await page.getByRole("button", { name: "Pair another device…" }).waitFor();
    expect(complaints).toEqual(NOTHING);
  });

  it("[S70] erased without the passphrase: the terminal is gone, and so is the pairing; a new code brings no old screen", async () => {
    const { page } = await lockedTerminal();
    await page.getByText("Passphrase, passkeys, export, erase").click();
    await page.getByRole("button", { name: "Erase the vault…" }).click();
    await page.getByText("its pairing. Open devices are closed").waitFor();
    const erase = page.getByRole("button", { name: "Erase everything and unpair" });
    await erase.click();
    await page.getByText("The word was not typed").waitFor();
    await page.getByLabel("Type erase to confirm").fill("erase");
    await erase.click();
    await page.getByLabel("Pairing code").waitFor();
    expect(await page.getByTestId("lock-cover").count()).toBe(0);
    expect(await page.locator(".xterm").count()).toBe(0);
    expect(await page.getByText("demo-r2#").count()).toBe(0);
    await pairAnew(page);
    expect(await page.locator(".xterm").count()).toBe(0);
    await settings(page);
    await page.getByRole("button", { name: "Make a vault…" }).waitFor();
    await page.getByText("No keys yet.").first().waitFor();
  });

  it("[S11] unpairing says what it deletes, and deletes it; what is to stay stays under the lock", async () => {
    const { page } = await withVault();
    await page.getByRole("button", { name: "Unpair…" }).click();
    await page.getByText("unless you keep them, the vault, the keys made here").waitFor();
    await page.getByLabel("Keep vault, keys and logins on this tablet").check();
    await page.getByRole("button", { name: "Unpair this tablet" }).click();
    await pairAnew(page);
    await page.getByRole("button", { name: "Unlock…" }).waitFor();
    await settings(page);
    await page.getByRole("button", { name: "Unpair…" }).click();
    await page.getByRole("button", { name: "Unpair this tablet" }).click();
    await pairAnew(page);
    expect(await page.getByRole("button", { name: "Unlock…" }).count()).toBe(0);
  });

  it("[S67] exported and imported again: what became of each entry is said, and the file's passphrase does not stay", async () => {
    const { page } = await withVault();
    await page.getByRole("button", { name: "Add an entry" }).click();
    const sheet = page.getByRole("dialog", { name: "New entry" });
    await sheet.getByLabel("Name", { exact: true }).fill("kept word");
    await sheet.getByLabel("Secret", { exact: true }).fill("s-1");
    await sheet.getByLabel("Name or address").fill("10.*");
    await sheet.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByText("Passphrase, passkeys, export, erase").click();
    await page.getByRole("button", { name: "Export…" }).click();
    await page.getByLabel("Passphrase for the file").fill("words of the file");
    await page.getByLabel("The same again").fill("words of the file");
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save the file" }).click();
    const file = await (await saving).path();
    await page.getByRole("button", { name: "Import…" }).click();
    await page.getByLabel("Vault file").setInputFiles(file);
    const passphrase = page.getByLabel("Passphrase of the file");
    await passphrase.fill("words of the file");
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await page.getByText("0 imported; 1 left as the vault has them, which is as new or newer.").waitFor();
    expect(await passphrase.inputValue()).toBe("");
  });
});
