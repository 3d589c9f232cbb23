/** The long form of the e2e trials, in Chromium against a router's shell: a minute of counting, pastes of 256 KiB. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requireChromium } from "#support/chromium.ts";
import { labExec, type NodeName, requireLab } from "#support/lab.ts";
import { chosenSeed, seededRandom } from "#support/seeded-random.ts";
import { BUSY } from "../e2e/support/busy-config.ts";
import { answeredOnce, countedLines, countedOnce, startCounter } from "../e2e/support/counter.ts";
import { reached } from "../e2e/support/kept-output.ts";
import { pasteThroughCuts } from "../e2e/support/long-paste.ts";
import { type RelayedApp, startRelayedApp } from "../e2e/support/relayed-app.ts";
import { TrialBrowser } from "../e2e/support/trial-browser.ts";
import type { TrialDevice } from "../e2e/support/trial-device.ts";

const lab = await requireLab();
const chromium = await requireChromium();
const random = seededRandom(chosenSeed());
const NODE: NodeName = "r1";
const FOLDER = "/tmp/rackside-trial";
/** 20 lines a second for 60 s. */
const LINES = 1_200;
const PAUSE_S = 0.05;
const KIB = 1_024;
/** Counting takes one; scrolling through all of it, twice, takes its time on a busy machine. */
const MINUTES_MS = 360_000;

/** A router of the lab as a device: its Linux user has a shell. */
async function labDevice(): Promise<TrialDevice> {
  const { nodes, users } = lab.inventory();
  const sh = async (script: string, ...args: string[]) => {
    const { code, stdout, stderr } = await labExec(NODE, "sh", "-c", script, "sh", ...args);
    if (code !== 0) throw new Error(`${script}: ${stderr}`);
    return stdout;
  };
  await sh(`rm -rf ${FOLDER}; mkdir -m 777 ${FOLDER}`);
  const keys = await sh("ssh-keygen -l -f /lab/ssh/host-ed25519.pub");
  const fingerprint = /(SHA256:\S+) .*\(ED25519\)/.exec(keys)?.[1] ?? "";
  return {
    ...nodes[NODE],
    user: "linux",
    password: users.linux.password,
    fingerprint,
    folder: FOLDER,
    put: async (name, text) => void (await sh('printf %s "$1" >"$2"', text, `${FOLDER}/${name}`)),
    get: async (name) => Buffer.from(await sh('cat "$1" 2>/dev/null || true', `${FOLDER}/${name}`)),
    remove: async () => void (await sh(`rm -rf ${FOLDER}`)),
  };
}

describe.skipIf(!lab.up || chromium === undefined)(`Chromium against a router (seed ${random.seed})`, () => {
  let served: RelayedApp;
  let device: TrialDevice;
  let browser: TrialBrowser;

  beforeAll(async () => {
    device = await labDevice();
    served = await startRelayedApp({
      limits: BUSY,
      allow: [{ cidr: "198.19.0.0/24", ports: [22], label: "the lab" }],
    });
    browser = await TrialBrowser.start(chromium ?? "", served.url, await served.pairingLink());
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    await device?.remove();
  });

  it("[WP18] [WP22] 256 KiB are pasted while the link is cut 20 times: the file on the router is what was pasted", async () => {
    const page = await browser.shell(device, "pasted");
    for (const echo of [false, true]) {
      await pasteThroughCuts({ page, device, relay: served.relay, random, bytes: 256 * KIB, echo });
    }
  });

  it(
    "[WP29] [WP31] [WP34] [S82] a minute of counting through everything is as if nothing had been",
    async () => {
      const { relay } = served;
      let page = await browser.shell(device, "counted");
      await startCounter(page, device, LINES, PAUSE_S);
      await reached(page, 40);
      for (let cut = 1; cut <= 8; cut++) {
        relay.cutAfter("down", random.between(1, 600), random.pick(["end", "reset"]));
        await reached(page, 40 + 20 * cut);
      }
      relay.blackHole(true);
      await browser.asleep(6_000);
      relay.reset();
      relay.blackHole(false);
      await reached(page, 380);
      await browser.frozen(page, 5_000);
      await reached(page, 540);
      page = await browser.killed("counted");
      await reached(page, 680);
      await page.reload();
      await page.getByTestId("workspace").waitFor();
      await reached(page, 760);
      relay.refuse(true);
      relay.cut();
      page = await browser.killed("counted");
      relay.refuse(false);
      await countedOnce(page, LINES);
      await answeredOnce(device, LINES, 40);
      const interrupted = await countedLines(page, LINES);

      const calm = await browser.shell(device, "calm");
      await startCounter(calm, device, LINES, 0);
      await countedOnce(calm, LINES);
      expect(interrupted).toEqual(await countedLines(calm, LINES));
    },
    MINUTES_MS,
  );
});
