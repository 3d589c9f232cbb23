/** A proxy that alters the list of devices behind the person's back: what another host gets is nothing [HC5] [S44] [S47]. */
import { execFileSync } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeviceRecord } from "#bridge/types.ts";
import { requireTools } from "#support/find-tools.ts";
import { startSshd, type TestSshServer } from "#support/sshd.ts";
import { home } from "./support/browser.ts";
import { axeFindings, smallTargets } from "./support/page-checks.ts";
import { addDevice, logIn, open, trust } from "./support/real-device.ts";
import { requireRig } from "./support/rig.ts";
import { focusTerminal, seeOnScreen, typeLine } from "./support/terminal.ts";

const e2e = await requireRig({ sshd: true });
const tools = await requireTools("sshd", "ssh-keygen");
const HERE = "127.0.0.1";
const PASSPHRASE = "correct horse battery";
const LABEL = "rack";

describe.skipIf(!e2e.ready)("[HC5] a list of devices that was altered at the proxy", () => {
  const PASSWORDS = { config: ["KbdInteractiveAuthentication no"] };
  let other: TestSshServer;
  beforeAll(async () => {
    if (tools.ok) other = await startSshd(tools, PASSWORDS);
  });
  afterAll(async () => {
    await other?.stop();
  });
  const rig = e2e.use({
    app: "each test",
    args: ["--no-demo"],
    device: PASSWORDS,
    config: () => ({ allow: [{ cidr: `${HERE}/32`, ports: [rig.sshd.port, other.port] }] }),
  });

  async function makeVault(page: Page): Promise<void> {
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Make a vault…" }).click();
    await page.getByLabel("New passphrase").fill(PASSPHRASE);
    await page.getByLabel("The same again").fill(PASSPHRASE);
    await page.getByRole("button", { name: "Make the vault" }).click();
    await page.getByRole("button", { name: "Lock now" }).waitFor();
    await page.getByRole("button", { name: "Close", exact: true }).click();
  }

  /** The device of the list is the other machine from now on, with its key as the trusted one; known_hosts is gone. */
  async function alter(): Promise<void> {
    const scanned = execFileSync("ssh-keyscan", ["-t", "ed25519", "-p", String(other.port), HERE], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [, type = "", key = ""] = scanned.toString().trim().split(" ");
    const folder = join(rig.app.dataDir, "ui-state");
    const [name = ""] = await readdir(folder);
    const edit = (at: unknown): void => {
      if (typeof at !== "object" || at === null) return;
      const record = at as Partial<DeviceRecord>;
      if (record.label === LABEL && record.target !== undefined) {
        record.target.port = other.port;
        record.pins = [{ type, key, sha256: other.fingerprint }];
      }
      Object.values(at).forEach(edit);
      if ("rev" in at && typeof at.rev === "number") at.rev += 5;
    };
    const kept: unknown = JSON.parse(await readFile(join(folder, name), "utf8"));
    edit(kept);
    await writeFile(join(folder, name), JSON.stringify(kept), { mode: 0o600 });
    await rm(join(rig.app.dataDir, "known_hosts"), { force: true });
  }

  const tried = (): string[] =>
    other
      .log()
      .split("\n")
      .filter((line) => /Accepted|Failed|Postponed/.test(line));

  it("[S47] [S67] the saved password goes nowhere: the move is told with both addresses, then the key is asked about", async () => {
    const { page } = await rig.paired();
    await makeVault(page);
    await addDevice(page, { port: rig.sshd.port, label: LABEL });
    await open(page, LABEL);
    await trust(page, rig.sshd);
    await page.getByTestId("auth-dialog").getByText("Save it in the vault").click();
    await logIn(page, rig.sshd.password ?? "");
    await seeOnScreen(page, /\$/);
    await focusTerminal(page);
    await typeLine(page, "exit");
    await page.getByTestId("ended").getByRole("button", { name: "Reconnect" }).click();
    // The saved password logs in by itself, where it was right.
    await page.getByTestId("ended").waitFor({ state: "detached" });
    await page.getByTestId("connecting").waitFor({ state: "detached" });
    await focusTerminal(page);
    await typeLine(page, "echo again-$((40+2))");
    await seeOnScreen(page, /again-42/);
    expect(await page.getByTestId("auth-dialog").count()).toBe(0);
    await typeLine(page, "exit");
    await page.getByTestId("ended").getByRole("button", { name: "Devices" }).click();
    await page
      .getByRole("button", { name: /^Close/ })
      .first()
      .click();

    await rig.app.stop("SIGTERM");
    await alter();
    await rig.app.restart();
    await page.reload();
    await home(page).waitFor();
    await page.getByRole("button", { name: "Unlock…" }).click();
    await page.getByLabel("Passphrase of the vault").fill(PASSPHRASE);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Unlock…" }).waitFor({ state: "detached" });

    await open(page, LABEL);
    const moved = page.getByTestId("moved-login");
    await moved.waitFor();
    const told = await moved.innerText();
    expect(told).toContain(`tester@${HERE}:${rig.sshd.port}`);
    expect(told).toContain(`tester@${HERE}:${other.port}`);
    expect(await axeFindings(page)).toEqual([]);
    expect(await smallTargets(page)).toEqual([]);
    await moved.getByRole("button", { name: "Connect without it" }).click();
    // The pins of the list make the key no less unknown to this tablet; they are shown as a hint.
    const asked = page.getByTestId("host-key-dialog");
    await asked.getByText("Known to another of your clients").waitFor();
    expect(tried()).toEqual([]);
    await trust(page, other);
    // Even then nothing was offered: the person is asked for the password.
    await page.getByTestId("auth-dialog").waitFor();
    expect(tried()).toEqual([]);
    await page.getByTestId("auth-dialog").getByRole("button", { name: "Cancel" }).click();

    // The person says that it is right: from then on it is used there.
    await page.getByTestId("ended").getByRole("button", { name: "Edit device" }).click();
    await page.getByRole("radio", { name: "Move it there" }).check();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByTestId("ended").getByRole("button", { name: "Reconnect" }).click();
    await trust(page, other);
    await expect.poll(() => tried().length, { timeout: 20_000 }).toBeGreaterThan(0);
  });
});
