import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Browser, Page } from "playwright";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type RunningApp, startApp } from "#support/app.ts";
import { openScreen, requireChromium } from "#support/chromium.ts";
import { requireTools } from "#support/find-tools.ts";
import { type LineServer, startLineServer } from "#support/line-server.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";
import { launchBrowser, openPaired } from "./support/browser.ts";
import { BUSY } from "./support/busy-config.ts";
import { closeProfiles } from "./support/leftovers.ts";
import { addDevice, logIn, open, trust } from "./support/real-device.ts";
import { focusTerminal, openDevice, SOON, screenText, seeLastRow, seeOnScreen, typeLine } from "./support/terminal.ts";

const chromium = await requireChromium();
const tools = await requireTools("sshd", "ssh-keygen");
const ownAccounts = requireOwnAccounts();
const WRONG = "not the password";

/** A port that nothing listens on; free a moment ago, and loopback gives ports out in turn. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe.skipIf(chromium === undefined || !tools.ok)("what goes wrong says so, with text and code [S98]", () => {
  let app: RunningApp;
  let browser: Browser;
  let sshd: TestSshServer;
  let silent: LineServer;
  let refused: number;
  beforeAll(async () => {
    browser = await launchBrowser(chromium ?? "");
    sshd = await startSshd(tools);
    silent = await startLineServer(() => undefined);
    refused = await closedPort();
  });
  beforeEach(async () => {
    app = await startApp({
      config: {
        limits: BUSY,
        allow: [{ cidr: "127.0.0.1/32", ports: [sshd.port, silent.port, refused], label: "test servers" }],
      },
    });
  });
  afterEach(async (test) => {
    await closeProfiles(browser, test);
    await app?.close();
  });
  afterAll(async () => {
    await browser?.close();
    await sshd?.stop();
    await silent?.stop();
  });

  const chip = (page: Page) => page.locator(".rs-conn");
  /** Waits for the card of an ended session and gives its text. */
  async function ended(page: Page, code: string): Promise<string> {
    const card = page.getByTestId("ended");
    await card.getByText(code, { exact: true }).waitFor();
    return card.innerText();
  }
  async function paired(): Promise<Page> {
    return (await openPaired(browser, app)).page;
  }

  it("[S5] a pairing code that is malformed or wrong is refused before and after it was sent", async () => {
    const page = await (await openScreen(browser, "landscape")).newPage();
    await page.goto(app.url);
    await page.getByLabel("Pairing code").fill("abc");
    await page.getByRole("button", { name: "Pair", exact: true }).click();
    await page.getByText("The code has 8 letters and digits; a pasted link works as well.").waitFor();
    await page.getByLabel("Pairing code").fill("ABCD-2345");
    await page.getByRole("button", { name: "Pair", exact: true }).click();
    const refusal = page.getByRole("alert");
    await refusal.getByText("auth_failed/pair_invalid", { exact: true }).waitFor();
    expect(await refusal.innerText()).toContain("The pairing code is wrong.");
    expect(await page.getByLabel("Pairing code").inputValue()).toBe("ABCD-2345");
  });

  it.skipIf(!ownAccounts)(
    "[S45] the first host key is shown as ssh-keygen prints it; a wrong password can be corrected",
    async () => {
      const page = await paired();
      await addDevice(page, { port: sshd.port, label: "rack" });
      await open(page, "rack");
      expect(await trust(page, sshd)).toMatch(/^SHA256:/);
      await logIn(page, WRONG);
      await page.getByText("The last answer was not accepted").waitFor();
      await logIn(page, sshd.password ?? "");
      await seeOnScreen(page, /\$/);
      expect(await chip(page).innerText()).toMatch(/^Connected/);
      const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage].map(Object.entries)));
      expect(kept + app.log()).not.toContain(WRONG);
    },
  );

  it.skipIf(!ownAccounts)("a login that is given up says so and keeps the device", async () => {
    const page = await paired();
    await addDevice(page, { port: sshd.port, label: "rack" });
    await open(page, "rack");
    await trust(page, sshd);
    await page.getByTestId("auth-dialog").getByRole("button", { name: "Cancel" }).click();
    expect(await ended(page, "auth_failed/cancelled")).toContain("The login was cancelled.");
  });

  it("[S45] a host key that is not trusted ends the attempt, and nothing was sent", async () => {
    const page = await paired();
    await addDevice(page, { port: sshd.port, label: "rack" });
    await open(page, "rack");
    const dialog = page.getByTestId("host-key-dialog");
    await dialog.waitFor();
    expect(
      await dialog.getByRole("button", { name: "Do not connect" }).evaluate((el) => el === document.activeElement),
    ).toBe(true);
    await page.keyboard.press("Enter");
    expect(await ended(page, "host_key_unknown/refused")).toContain("The device's host key was not trusted.");
  });

  it.skipIf(!ownAccounts)(
    "[S48] a changed host key is a hard stop: both keys, and no button that accepts",
    async () => {
      const other = await startSshd(tools);
      try {
        // Two servers take turns at one address: to the app the same device shows another key.
        const upstream = { port: sshd.port };
        const relay = await startLineServer((socket) => {
          const there = connect(upstream.port, "127.0.0.1");
          there.on("error", () => socket.destroy());
          socket.on("close", () => there.destroy());
          there.on("close", () => socket.destroy());
          socket.pipe(there).pipe(socket);
        });
        await app.close();
        const allow = [{ cidr: "127.0.0.1/32", ports: [relay.port], label: "relay" }];
        app = await startApp({ config: { limits: BUSY, allow } });
        try {
          const page = await paired();
          await addDevice(page, { port: relay.port, label: "rack" });
          await open(page, "rack");
          await trust(page, sshd);
          await logIn(page, sshd.password ?? "");
          await seeOnScreen(page, /\$/);
          upstream.port = other.port;
          await sshd.killSessions();
          await page.getByTestId("ended").getByRole("button", { name: "Reconnect" }).click();
          const stop = page.getByTestId("host-key-stop");
          await stop.waitFor();
          const text = await stop.innerText();
          expect(text).toContain("host_key_changed");
          expect(text).toContain(sshd.fingerprint);
          expect(text).toContain(other.fingerprint);
          const buttons = await stop.getByRole("button").allInnerTexts();
          expect(buttons.join(" ")).not.toMatch(/trust|accept|continue|reconnect|replace/i);
          expect(await page.getByRole("dialog").count()).toBe(0);

          // Replacing is an act of its own: in the settings, with the new fingerprint's end as the console shows it.
          await stop.getByRole("button", { name: "Device settings" }).click();
          const act = page.getByTestId("replace-key");
          const replace = act.getByRole("button", { name: "Replace the host key" });
          expect(await act.innerText()).toContain("ssh-ed25519");
          expect(await act.innerText()).toMatch(/known to this proxy since \d{4}-\d\d-\d\d/);
          const typed = act.getByRole("textbox");
          await typed.fill(sshd.fingerprint.slice(-6));
          await replace.click();
          await act.getByText("host_key_changed/mistyped").waitFor();
          await typed.fill(other.fingerprint.slice(-6));
          await replace.click();
          // The new key is known now, and proved: the login goes on without a question about it.
          await logIn(page, other.password ?? "");
          await seeOnScreen(page, /\$/);
          expect(await page.getByTestId("host-key-dialog").count()).toBe(0);
        } finally {
          await relay.stop();
        }
      } finally {
        await other.stop();
      }
    },
  );

  it("a port that refuses, and one that the policy does not name, each say what it was", async () => {
    const page = await paired();
    await addDevice(page, { port: refused, label: "closed" });
    await open(page, "closed");
    expect(await ended(page, "unreachable/refused")).toContain("nothing listens on that port");
    await page.getByTestId("ended").getByRole("button", { name: "Devices" }).click();
    await addDevice(page, { port: 1, label: "forbidden" });
    await open(page, "forbidden");
    const text = await ended(page, "refused_by_policy/port");
    expect(text).toContain("The proxy's target policy does not allow this port.");
    expect(text).toContain('configuration key "allow"');
  });

  it("[U99] a device that accepts and then says nothing can be given up at once", async () => {
    const page = await paired();
    await addDevice(page, { port: silent.port, label: "silent" });
    await open(page, "silent");
    const card = page.getByTestId("connecting");
    await card.getByText(/^\d+ ?s$/).waitFor();
    expect(await chip(page).innerText()).toBe("Connecting");
    await card.getByRole("button", { name: "Cancel" }).click();
    await card.waitFor({ state: "detached" });
    expect(await chip(page).innerText()).not.toBe("Connecting");
  });

  it.skipIf(!ownAccounts)("a device that drops the connection ends the session; the screen stays", async () => {
    const page = await paired();
    await addDevice(page, { port: sshd.port, label: "rack" });
    await open(page, "rack");
    await trust(page, sshd);
    await logIn(page, sshd.password ?? "");
    await seeOnScreen(page, /\$/);
    await focusTerminal(page);
    await typeLine(page, "echo still-$((40 + 2))");
    await seeOnScreen(page, /still-42/);
    await sshd.killSessions();
    expect(await ended(page, "device_closed")).toContain("The device closed the connection.");
    expect(await screenText(page)).toMatch(/still-42[\s\S]*Session ended \(device_closed/);
    expect(await chip(page).innerText()).toBe("Ended");
  });

  it("[U10] a proxy that is killed shows in the chip; started again, its sessions are honestly gone and one tap brings both back", async () => {
    const page = await paired();
    await openDevice(page, /Demo router 1/);
    await seeLastRow(page, /demo-r1#$/);
    const cpu = page.locator('[data-panel="cpu"]');
    await expect.poll(() => cpu.getAttribute("data-status"), SOON).toBe("ok");
    await app.stop("SIGKILL");
    await expect.poll(() => chip(page).innerText(), SOON).toMatch(/^Resuming \(\d+\)$|^Offline$/);
    await page.getByTestId("offline-banner").waitFor();
    await expect.poll(() => cpu.getAttribute("data-status"), SOON).toBe("stale");
    await app.restart();
    const text = await ended(page, "gone/restart");
    expect(text).toContain("The proxy was restarted, and its sessions ended with it.");
    await page.getByTestId("ended").getByRole("button", { name: "Reconnect" }).click();
    await seeLastRow(page, /demo-r1#$/);
    await expect.poll(() => chip(page).innerText(), SOON).toMatch(/^Connected/);
    await expect.poll(() => cpu.getAttribute("data-status"), SOON).toBe("ok");
  });
});
