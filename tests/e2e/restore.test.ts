/**
 * Whatever ends the page or breaks its link, its terminal goes on with every line once, in its colours, types nothing by
 * itself, and loses nothing that a person typed. The lab has the long form of the last two.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requireChromium } from "#support/chromium.ts";
import { requireTools } from "#support/find-tools.ts";
import { chosenSeed, seededRandom } from "#support/seeded-random.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";
import { BUSY } from "./support/busy-config.ts";
import { answeredOnce, countedLines, countedOnce, startCounter } from "./support/counter.ts";
import { reached } from "./support/kept-output.ts";
import { pasteThroughCuts } from "./support/long-paste.ts";
import { type RelayedApp, startRelayedApp } from "./support/relayed-app.ts";
import { TrialBrowser } from "./support/trial-browser.ts";
import { deviceOf, type TrialDevice } from "./support/trial-device.ts";

const chromium = await requireChromium();
const tools = await requireTools("sshd", "ssh-keygen");
const ready = chromium !== undefined && tools.ok && requireOwnAccounts();
const random = seededRandom(chosenSeed());

/** 20 lines a second, as the device's shell can. */
const PAUSE_S = 0.05;
const KIB = 1_024;

describe.skipIf(!ready)(`a page that is ended or cut off (seed ${random.seed})`, () => {
  let served: RelayedApp;
  let sshd: TestSshServer;
  let device: TrialDevice;
  let browser: TrialBrowser;

  beforeAll(async () => {
    if (!tools.ok) return;
    sshd = await startSshd(tools);
    device = await deviceOf(sshd);
    served = await startRelayedApp({
      limits: BUSY,
      allow: [{ cidr: "127.0.0.1/32", ports: [sshd.port], label: "test server" }],
    });
    browser = await TrialBrowser.start(chromium ?? "", served.url, await served.pairingLink());
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    await sshd?.stop();
    await device?.remove();
  });

  it("[WP31] reloaded, twice", async () => {
    const lines = 160;
    const page = await browser.shell(device, "reloaded");
    await startCounter(page, device, lines, PAUSE_S);
    await reached(page, 40);
    await page.reload();
    await page.getByTestId("workspace").waitFor();
    await reached(page, 90);
    await page.reload();
    await page.getByTestId("workspace").waitFor();
    await countedOnce(page, lines);
    await answeredOnce(device, lines, 20);
  });

  it("[WP28] [WP31] closed while a second tab is open, which takes the session up when asked", async () => {
    const lines = 120;
    const page = await browser.shell(device, "two tabs");
    await startCounter(page, device, lines, PAUSE_S);
    await reached(page, 40);
    const other = await browser.tab();
    await page.close();
    // First in the list: what runs stands above what is known.
    await other
      .getByRole("button", { name: /^two tabs/ })
      .first()
      .click();
    await other.getByTestId("workspace").waitFor();
    await countedOnce(other, lines);
    await answeredOnce(device, lines, 20);
  });

  it("[WP18] [WP22] a long paste while the link is cut 20 times: the file on the device is what was pasted", async () => {
    const page = await browser.shell(device, "pasted");
    for (const echo of [false, true]) {
      await pasteThroughCuts({ page, device, relay: served.relay, random, bytes: 64 * KIB, echo });
    }
  });

  it("[WP29] [WP31] [WP34] [S82] a counter through cuts, sleep, a frozen page and a killed browser is as if nothing had been", async () => {
    const lines = 360;
    const { relay } = served;
    let page = await browser.shell(device, "counted");
    await startCounter(page, device, lines, PAUSE_S);
    await reached(page, 40);
    relay.cut();
    await reached(page, 60);
    relay.blackHole(true);
    await browser.asleep(3_500);
    relay.reset();
    relay.blackHole(false);
    await reached(page, 130);
    await browser.frozen(page, 1_500);
    await reached(page, 170);
    page = await browser.killed("counted");
    await reached(page, 250);
    relay.cutAfter("down", random.between(1, 2 * KIB), "reset");
    await countedOnce(page, lines);
    await answeredOnce(device, lines, 40);
    const interrupted = await countedLines(page, lines);

    const calm = await browser.shell(device, "calm");
    await startCounter(calm, device, lines, 0);
    await countedOnce(calm, lines);
    const undisturbed = await countedLines(calm, lines);
    expect(new Set(undisturbed.map((line) => line[0]?.[1])).size, "colours").toBe(7);
    expect(interrupted).toEqual(undisturbed);
  });
});
