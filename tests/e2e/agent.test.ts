/** The agent of the proxy's host: behind the administrator's switch, and the person's consent by fingerprint [S60]. */
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSshAgent, type TestSshAgent } from "#support/ssh-agent.ts";
import { axeFindings, smallTargets } from "./support/page-checks.ts";
import { addDevice, open, trust } from "./support/real-device.ts";
import { requireRig } from "./support/rig.ts";
import { focusTerminal, SOON, seeOnScreen, typeLine } from "./support/terminal.ts";

const e2e = await requireRig({ sshd: true });
const AGENT = "Agent of the proxy’s host";
const KEYS_ALONE = { config: ["AuthenticationMethods publickey"] };

describe.skipIf(!e2e.ready)("[S60] the agent of the proxy's host", () => {
  let agent: TestSshAgent;
  beforeAll(async () => {
    agent = await startSshAgent();
  });
  afterAll(() => agent?.stop());

  describe("switched on", () => {
    const rig = e2e.use({
      app: "all tests",
      args: ["--no-demo"],
      config: () => ({ agent: { enabled: true, socket: agent.socket } }),
      device: KEYS_ALONE,
    });
    beforeAll(() => agent.add(rig.sshd.privateKeyFile));
    const signed = async () => (await rig.audited("sign.granted")).filter(({ check }) => check === "agent").length;

    async function asked(page: Page, label: string, telemetry: string) {
      await addDevice(page, { port: rig.sshd.port, label, telemetry, key: AGENT });
      await open(page, label);
      await trust(page, rig.sshd);
      const dialog = page.getByTestId("agent-dialog");
      await dialog.waitFor();
      return dialog;
    }

    it("its keys are shown, none is chosen; the one that the person chooses logs in, and telemetry with it", async () => {
      const { page, complaints } = await rig.paired();
      const dialog = await asked(page, "by agent", "Allowed");
      expect(await dialog.innerText()).toContain(`${rig.sshd.user}@127.0.0.1`);
      expect(await dialog.getByText(/^SHA256:[A-Za-z0-9+/]{43}$/).count()).toBe(1);
      expect(await dialog.getByRole("switch").isChecked()).toBe(false);
      expect(await axeFindings(page)).toEqual([]);
      expect(await smallTargets(page)).toEqual([]);
      // Neither Enter nor the button without a choice agrees to anything.
      const agree = dialog.getByRole("button", { name: /^Log in with/ });
      expect(await agree.getAttribute("aria-disabled")).toBe("true");
      await dialog.getByRole("switch").check();
      await dialog.getByRole("button", { name: "Log in with this key" }).click();
      await seeOnScreen(page, /\$/);
      await focusTerminal(page);
      await typeLine(page, "echo by-agent-$((40+2))");
      await seeOnScreen(page, /by-agent-42/);
      await expect.poll(() => page.locator('[data-panel="device_info"]').getAttribute("data-status"), SOON).toBe("ok");
      expect(await page.getByTestId("agent-dialog").count()).toBe(0);
      expect(await signed()).toBe(2);
      expect(complaints).toEqual({ errors: [], foreign: [] });
    });

    it("[S58] a quick connection can choose it as well, for that once", async () => {
      const { page } = await rig.paired();
      const address = `${rig.sshd.user}@127.0.0.1:${rig.sshd.port}`;
      await page.getByLabel("Connect to").fill(address);
      await page.getByText("With a key or a password of the vault").click();
      await page.getByLabel("Key", { exact: true }).selectOption({ label: AGENT });
      expect(await axeFindings(page)).toEqual([]);
      await page.getByRole("button", { name: "Connect once" }).click();
      await trust(page, rig.sshd);
      const dialog = page.getByTestId("agent-dialog");
      await dialog.getByRole("switch").check();
      await dialog.getByRole("button", { name: "Log in with this key" }).click();
      await seeOnScreen(page, /\$/);
    });

    it("refused, nothing is signed, and the session ends with the reason", async () => {
      const { page } = await rig.paired();
      const before = await signed();
      const dialog = await asked(page, "refused", "Off");
      // What has the focus is the refusal.
      await page.keyboard.press("Enter");
      await dialog.waitFor({ state: "detached" });
      await page
        .getByTestId("ended")
        .getByText(/auth_failed/)
        .waitFor();
      expect(await signed()).toBe(before);
    });
  });

  describe("switched off, as shipped", () => {
    const rig = e2e.use({ app: "all tests", args: ["--no-demo"], device: KEYS_ALONE });

    it("the app does not offer it", async () => {
      const { page } = await rig.paired();
      await page.getByRole("button", { name: "Add device" }).first().click();
      const key = page.getByRole("dialog").getByLabel("Key", { exact: true });
      await expect.poll(() => key.locator("option").allInnerTexts(), SOON).toEqual(["No key"]);
    });
  });
});
