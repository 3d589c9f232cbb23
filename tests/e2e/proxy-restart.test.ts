/** The proxy dies and comes back: sessions end with the honest message, and one tap brings both back [WP36]. */
import type { Page } from "playwright";
import { describe, expect, it } from "vitest";
import { addDevice, logIn, open, trust } from "./support/real-device.ts";
import { requireRig } from "./support/rig.ts";
import { focusTerminal, openDevice, SOON, screenText, seeLastRow, seeOnScreen, typeLine } from "./support/terminal.ts";

const e2e = await requireRig({ sshd: true });

describe.skipIf(!e2e.ready)("the proxy is killed and started again", () => {
  const rig = e2e.use({ app: "each test", device: { config: ["KbdInteractiveAuthentication no"] } });

  const opened = (session: "ssh1" | "ssh2") =>
    rig.app.log().split(`"event":"session.opened","session_id":"${session}"`).length - 1;
  const telemetryWorks = (page: Page) =>
    expect.poll(() => page.locator('[data-panel="device_info"]').getAttribute("data-status"), SOON).toBe("ok");

  /** The card that says why, and its one button that goes on. */
  async function ended(page: Page) {
    const card = page.getByTestId("ended");
    await card.waitFor({ timeout: SOON.timeout });
    expect(await card.innerText()).toMatch(/The proxy was restarted, and its sessions ended with it/);
    // The link came back by itself; the sessions do not.
    await expect
      .poll(() => card.getByRole("button", { name: "Reconnect" }).getAttribute("aria-disabled"), SOON)
      .toBeNull();
    return card.getByRole("button", { name: "Reconnect" });
  }

  it("[WP36] [S59] killed: one tap, the password is asked for once, and terminal and telemetry are back; the screen was kept", async () => {
    const { page } = await rig.paired();
    await addDevice(page, { port: rig.sshd.port, label: "host", telemetry: "Allowed" });
    await open(page, "host");
    await trust(page, rig.sshd);
    await logIn(page, rig.sshd.password ?? "");
    await seeOnScreen(page, /\$/);
    await focusTerminal(page);
    await typeLine(page, "echo before-$((40+2))");
    await seeOnScreen(page, /before-42/);
    await telemetryWorks(page);
    expect([opened("ssh1"), opened("ssh2")]).toEqual([1, 1]);

    await rig.app.restart("SIGKILL");
    const reconnect = await ended(page);
    expect(await screenText(page)).toMatch(/before-42/);
    expect([opened("ssh1"), opened("ssh2")]).toEqual([0, 0]);
    await reconnect.click();
    await logIn(page, rig.sshd.password ?? "");
    await page.getByTestId("ended").waitFor({ state: "detached" });
    await focusTerminal(page);
    await typeLine(page, "echo after-$((40+2))");
    await seeOnScreen(page, /after-42/);
    expect(await screenText(page)).toMatch(/before-42[\s\S]*after-42/);
    await telemetryWorks(page);
    expect(await page.getByTestId("auth-dialog").count()).toBe(0);
    expect([opened("ssh1"), opened("ssh2")]).toEqual([1, 1]);
  });

  it("[WP36] stopped with SIGTERM, on a reloaded page, without a password: one tap and nothing else", async () => {
    const { page } = await rig.paired();
    await openDevice(page, /Demo router 2/);
    await seeLastRow(page, /demo-r2#$/);
    await telemetryWorks(page);
    const restarted = rig.app.restart("SIGTERM");
    await page.reload();
    await restarted;
    await page.getByTestId("workspace").waitFor();
    await (await ended(page)).click();
    await page.getByTestId("ended").waitFor({ state: "detached" });
    await focusTerminal(page);
    await page.keyboard.press("Enter");
    await seeLastRow(page, /demo-r2#$/);
    await telemetryWorks(page);
    await expect.poll(() => [opened("ssh1"), opened("ssh2")], SOON).toEqual([1, 1]);
  });
});
