/** A tablet with nothing but the local CA installed, on another network than the proxy [S28] to [S33]. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUILD, type RunningApp, startApp } from "#support/app.ts";
import { deviceList, listen } from "./support/browser.ts";
import { BUSY } from "./support/busy-config.ts";
import { openTabletNetwork, requireTablet, type TabletNetwork } from "./support/tablet.ts";
import { focusTerminal, openDevice, seeLastRow, seeOnScreen, typeLine } from "./support/terminal.ts";
import { watchViolations } from "./support/violations.ts";

const tools = await requireTablet();
const ROUTER = /Demo router 1/;
const PROMPT = /^demo-r1#$/;

describe.skipIf(tools === undefined)("a tablet on another network", () => {
  let network: TabletNetwork;
  let app: RunningApp;
  /** The app, by the address that the tablet reaches. */
  let url: string;
  /** What the tablet's owner installs: the file that the console names. */
  let authority: string;
  let enrollment: ChildProcess | undefined;
  beforeAll(async () => {
    if (tools === undefined) return;
    network = await openTabletNetwork(tools);
    app = await startApp({ args: ["--lan"], config: { limits: BUSY } });
    url = `https://${network.address}:${new URL(app.url).port}`;
    authority = join(app.dataDir, "tls/ca.crt");
  });
  afterAll(async () => {
    enrollment?.kill();
    await network?.close();
    await app?.close();
  });

  const pairLink = async () => `${url}/${new URL(await app.pairAgain()).hash}`;

  async function startEnrollment(): Promise<{ url: string; sha256: string; file: string }> {
    const args = [join(BUILD, "proxy/main.js"), "tls", "enroll", "--json", "--port", "0", "--data-dir", app.dataDir];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    enrollment = child;
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    return JSON.parse(line) as { url: string; sha256: string; file: string };
  }

  it("[S28] without the CA the browser does not let it in, and plain HTTP is not answered", async () => {
    const { context } = await network.tablet();
    const page = await context.newPage();
    await expect(page.goto(url)).rejects.toThrow("ERR_CERT_AUTHORITY_INVALID");
    await expect(page.goto(url.replace("https", "http"))).rejects.toThrow(/ERR_(EMPTY_RESPONSE|CONNECTION_RESET)/);
  });

  it("[S32] the enrolment page shows the fingerprint and hands out the certificate of the CA", async () => {
    const enrolling = await startEnrollment();
    const at = `http://${network.address}:${new URL(enrolling.url).port}/`;
    const tablet = await network.tablet();
    const page = await tablet.context.newPage();
    const violations = await watchViolations(tablet.context);
    await page.goto(at);
    expect(await page.locator("code").innerText()).toBe(enrolling.sha256);
    expect(await tablet.context.cookies()).toEqual([]);
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Get the certificate" }).click();
    const file = await (await download).path();
    expect(await readFile(file, "utf8")).toBe(await readFile(authority, "utf8"));
    expect(enrolling.file).toBe(authority);
    expect(violations.found).toEqual([]);
    await tablet.close();
  });

  it("[S30] [S33] with the CA it loads, installs the service worker, pairs and connects; nothing is blocked", async () => {
    const tablet = await network.tablet(authority);
    const violations = await watchViolations(tablet.context);
    const page = await tablet.context.newPage();
    const complaints = listen(page, url);
    await page.goto(await pairLink());
    await deviceList(page);
    expect(await page.evaluate(() => [isSecureContext, location.protocol])).toEqual([true, "https:"]);
    expect(await workerState(page)).toBe("activated");
    const [cookie] = await tablet.context.cookies();
    expect(cookie).toMatchObject({
      name: "__Host-rackside",
      secure: true,
      httpOnly: true,
      sameSite: "Strict",
      path: "/",
    });

    await page.reload();
    await deviceList(page);
    expect(await page.evaluate(() => navigator.serviceWorker.controller?.scriptURL)).toBe(`${url}/sw.js`);
    await openDevice(page, ROUTER);
    await seeLastRow(page, PROMPT);
    await focusTerminal(page);
    await typeLine(page, "show clock");
    await seeOnScreen(page, /show clock\n\S*\d\d:\d\d:\d\d/);

    expect(complaints).toEqual({ errors: [], foreign: [] });
    expect(violations.found).toEqual([]);
    const flags = await tablet.flags();
    expect(flags.filter((flag) => /ignore-certificate|allow-insecure|unsafely-treat/.test(flag))).toEqual([]);
  });

  it("[S31] its settings show the fingerprints that the console shows", async () => {
    const tablet = await network.tablet(authority);
    const page = await tablet.context.newPage();
    await page.goto(await pairLink());
    await deviceList(page);
    await page.getByRole("button", { name: "Settings" }).first().click();
    const section = page.getByTestId("certificates");
    await section.getByText("Local CA").waitFor();
    const shown = await section.locator("code").allInnerTexts();
    expect(shown).toEqual([await fingerprint("leaf"), await fingerprint("ca")]);
    expect(await section.innerText()).toContain("395 days left");
    expect(await section.innerText()).toContain("Passkeys work only when it is opened by name.");
  });

  async function fingerprint(which: "leaf" | "ca"): Promise<string> {
    const args = [join(BUILD, "proxy/main.js"), "tls", "show", "--json", "--data-dir", app.dataDir];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    const facts = JSON.parse(line) as Record<"leaf" | "ca", { sha256: string }>;
    return facts[which].sha256;
  }
});

/** State of the service worker of a page, once there is one that is ready. */
function workerState(page: Page): Promise<string | undefined> {
  return page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active?.state === "activating") {
      await new Promise((resolve) => active.addEventListener("statechange", resolve, { once: true }));
    }
    return active?.state;
  });
}
