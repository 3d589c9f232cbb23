/** A worker that stands still is replaced [U97]: the next one goes on where it was, and nothing is lost [WP33]. */
import { describe, expect, it } from "vitest";
import { addDevice, logIn, open, trust } from "./support/real-device.ts";
import { requireRig } from "./support/rig.ts";
import { focusTerminal, SOON, screenText, seeOnScreen, typeLine } from "./support/terminal.ts";

/** Far above the 5 s after which the page replaces a worker that says nothing. */
const STALL_MS = 12_000;
/** Numbers that the device prints meanwhile, five a second: it begins before the stall and ends after it. */
const COUNT = 80;
const e2e = await requireRig({ sshd: true });

describe.skipIf(!e2e.ready)("a blocked worker", () => {
  const rig = e2e.use({ app: "all tests", args: ["--no-demo"] });

  it("[U97] [WP33] for 12 s while the device goes on: it is replaced, the session taken up, every byte there once", async () => {
    const { page } = await rig.paired();
    await addDevice(page, { port: rig.sshd.port, label: "alpha" });
    await open(page, "alpha");
    await trust(page, rig.sshd);
    await logIn(page, rig.sshd.password ?? "");
    await seeOnScreen(page, /\$/);
    await focusTerminal(page);
    const [worker] = page.workers();
    if (worker === undefined) throw new Error("the page has no worker");
    await typeLine(page, `for i in $(seq 1 ${COUNT}); do printf '%s,' $i; sleep .2; done; echo over-$((40+2))`);
    await seeOnScreen(page, /1,2,3,/);
    const stall = worker.evaluate((ms) => {
      const until = performance.now() + ms;
      while (performance.now() < until);
    }, STALL_MS);
    // Ends with the worker.
    await stall.catch(() => undefined);
    const numbers = Array.from({ length: COUNT }, (_, at) => at + 1).join(",");
    // The screen wraps the line.
    const unwrapped = async (): Promise<string> => (await screenText(page)).replace(/\s/g, "");
    await expect.poll(unwrapped, SOON).toContain(",over-42");
    expect(await unwrapped()).toContain(`${numbers},over-42`);
    expect(page.workers()).not.toContain(worker);
    // The keyboard is where it was, and what is typed goes to the same shell.
    await typeLine(page, "echo $((6*7))-again");
    await seeOnScreen(page, /42-again/);
  });
});
