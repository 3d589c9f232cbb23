/** A jump host that was exchanged: a hard stop, and the replacement as an act of its own [S48] [S39]. */
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FaultRelay, startFaultRelay } from "#support/fault-relay.ts";
import { requireTools } from "#support/find-tools.ts";
import { startSshd, type TestSshServer } from "#support/sshd.ts";
import { axeFindings, smallTargets } from "./support/page-checks.ts";
import { addDevice, logIn, open, trust } from "./support/real-device.ts";
import { requireRig } from "./support/rig.ts";
import { focusTerminal, seeOnScreen, typeLine } from "./support/terminal.ts";

const e2e = await requireRig({ sshd: true });
const tools = await requireTools("sshd", "ssh-keygen");
const HERE = "127.0.0.1";
const LABEL = "behind";

describe.skipIf(!e2e.ready)("[S48] [S39] a jump host with another key than before", () => {
  const PASSWORDS = { config: ["KbdInteractiveAuthentication no"] };
  let jumps: { old: TestSshServer; new: TestSshServer };
  /** The jump host's address; which of the two machines answers there changes. */
  let relay: FaultRelay;
  const machine = { host: HERE, port: 0 };
  beforeAll(async () => {
    if (!tools.ok) return;
    jumps = { old: await startSshd(tools, PASSWORDS), new: await startSshd(tools, PASSWORDS) };
    machine.port = jumps.old.port;
    relay = await startFaultRelay(machine);
  });
  const rig = e2e.use({
    app: "all tests",
    args: ["--no-demo"],
    device: PASSWORDS,
    config: () => ({
      allow: [
        { cidr: `${HERE}/32`, ports: [relay.port] },
        { cidr: `${HERE}/32`, ports: [rig.sshd.port], via: [HERE] },
      ],
    }),
  });
  afterAll(async () => {
    await relay?.stop();
    await Promise.all([jumps?.old.stop(), jumps?.new.stop()]);
  });

  const settings = (page: Page) =>
    page.getByTestId("host-key-stop").getByRole("button", { name: "Device settings" }).click();

  /** The terminal is live, and this one runs on the device. */
  async function works(page: Page, mark: string): Promise<void> {
    await seeOnScreen(page, /\$/);
    await focusTerminal(page);
    await typeLine(page, `echo ${mark}-$((40+2))`);
    await seeOnScreen(page, new RegExp(`${mark}-42`));
  }

  it("is a stop that names both keys; replaced only with the last 6 characters, then proved and logged in to", async () => {
    const { page, complaints } = await rig.paired();
    const jump = `${jumps.old.user}@${HERE}:${relay.port}`;
    await addDevice(page, { port: rig.sshd.port, label: LABEL, via: [jump] });
    await open(page, LABEL);
    await trust(page, jumps.old);
    await logIn(page, jumps.old.password ?? "");
    await trust(page, rig.sshd);
    await logIn(page, rig.sshd.password ?? "");
    await works(page, "before");
    await typeLine(page, "exit");
    await page.getByTestId("ended").waitFor();

    machine.port = jumps.new.port;
    await page.getByTestId("ended").getByRole("button", { name: "Reconnect" }).click();
    const stop = page.getByTestId("host-key-stop");
    await stop.waitFor();
    const told = await stop.innerText();
    expect(told).toContain(jumps.old.fingerprint);
    expect(told).toContain(jumps.new.fingerprint);
    expect(told).toMatch(/met by this tablet first on \d{4}-\d\d-\d\d, last on \d{4}-\d\d-\d\d/);
    // Nothing on the stop itself accepts the key.
    const offered = await stop.getByRole("button").allInnerTexts();
    expect(offered.map((text) => text.trim())).toEqual(["Copy both", "Device settings", "Back to devices"]);
    expect(await axeFindings(page)).toEqual([]);

    await settings(page);
    const act = page.getByTestId("replace-key");
    expect(await act.innerText()).toContain(`${HERE}:${relay.port}`);
    expect(await act.innerText()).toContain("(jump host)");
    expect(await smallTargets(page)).toEqual([]);
    const proof = act.getByLabel(/^Type the last 6 characters/);
    const replace = act.getByRole("button", { name: "Replace the host key" });
    await proof.fill(jumps.new.fingerprint.slice(-5));
    expect(await replace.getAttribute("aria-disabled")).toBe("true");
    // Those of the old key are the likely mistake.
    await proof.fill(jumps.old.fingerprint.slice(-6));
    await replace.click();
    await act.getByText("Not replaced").waitFor();
    await proof.fill(jumps.new.fingerprint.slice(-6));
    await replace.click();

    // The new machine is asked for a login of its own; nobody is asked about its key any more.
    await logIn(page, jumps.new.password ?? "");
    await logIn(page, rig.sshd.password ?? "");
    // The kept screen has the old session's prompt as well.
    await seeOnScreen(page, /New session[\s\S]*\$/);
    await works(page, "after");
    expect(await page.getByTestId("host-key-dialog").count()).toBe(0);
    expect(await rig.audited("hostkey.replaced")).toMatchObject([
      { outcome: "ok", old: jumps.old.fingerprint, new: jumps.new.fingerprint },
    ]);
    expect(complaints).toEqual({ errors: [], foreign: [] });

    // The old machine is now the stranger.
    machine.port = jumps.old.port;
    await typeLine(page, "exit");
    await page.getByTestId("ended").getByRole("button", { name: "Reconnect" }).click();
    await stop.waitFor();
  });
});
