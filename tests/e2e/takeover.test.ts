/** Two tabs, and two clients of one user: seen, taken by a tap, shown, and nobody displaced by a machine [WP28] [I10]. */
import type { Page } from "playwright";
import { describe, expect, it } from "vitest";
import { deviceList, home } from "./support/browser.ts";
import { addDevice, logIn, open, trustIfNew } from "./support/real-device.ts";
import { requireRig } from "./support/rig.ts";
import { focusTerminal, SOON, screenText, seeOnScreen, typeLine } from "./support/terminal.ts";

const e2e = await requireRig({ sshd: true });

describe.skipIf(!e2e.ready)("a session that two pages want", () => {
  const rig = e2e.use({ app: "each test", args: ["--no-demo"] });

  const events = (name: string) => rig.app.log().split(`"event":"${name}"`).length - 1;

  /** A live shell of a new device; its variable tells it from every other shell. */
  async function shell(page: Page, label: string): Promise<void> {
    await addDevice(page, { port: rig.sshd.port, label });
    await open(page, label);
    await trustIfNew(page, rig.sshd);
    await logIn(page, rig.sshd.password ?? "");
    await seeOnScreen(page, /\$/);
    await focusTerminal(page);
    await typeLine(page, `mark=${label}; echo marked-$((40+2))`);
    await seeOnScreen(page, /marked-42/);
  }

  /** The shell under the fingers is the one that was marked, and it runs this once. */
  let asked = 0;
  async function isShell(page: Page, label: string): Promise<void> {
    asked += 1;
    await focusTerminal(page);
    await typeLine(page, `echo $mark-$((${asked}+100))`);
    await seeOnScreen(page, new RegExp(`^${label}-${asked + 100}$`, "m"));
  }

  const tab = (page: Page, label: string) =>
    page
      .getByRole("navigation", { name: "Open devices" })
      .getByRole("button", { name: new RegExp(label) })
      .first();

  it("[WP28] two clients: the second sees where it runs, takes it by a tap; the first shows it, asks no more, and keeps its other device", async () => {
    const { page: tablet } = await rig.paired();
    await shell(tablet, "alpha");
    await home(tablet).click();
    await shell(tablet, "beta");

    const { page: phone } = await rig.paired("portrait");
    const row = phone.getByRole("button", { name: /^alpha[\s\S]*Take over/ });
    await row.waitFor();
    expect(await row.innerText()).toMatch(/on /);
    // Looking displaces nobody.
    expect(events("session.adopted")).toBe(0);
    await isShell(tablet, "beta");
    const before = events("session.opened");
    await row.click();
    await seeOnScreen(phone, /marked-42/);
    await isShell(phone, "alpha");
    expect(events("session.opened")).toBe(before);
    expect(events("session.adopted")).toBe(1);

    await isShell(tablet, "beta");
    await tab(tablet, "alpha").click();
    const lost = tablet.getByTestId("in-use");
    await lost.waitFor();
    expect(await lost.innerText()).toMatch(/Taken over/);
    // A new link asks for the other session only: not even a reload takes this one back.
    await tablet.reload();
    await tab(tablet, "alpha").click();
    await tablet.getByTestId("in-use").waitFor();
    await tab(tablet, "beta").click();
    await isShell(tablet, "beta");
    await isShell(phone, "alpha");
    expect(events("session.adopted")).toBe(1);

    await tab(tablet, "alpha").click();
    await tablet.getByTestId("in-use").getByRole("button", { name: "Take over" }).click();
    await tablet.getByTestId("in-use").waitFor({ state: "detached" });
    await isShell(tablet, "alpha");
    await phone.getByTestId("in-use").waitFor();
    expect(await screenText(phone)).toMatch(/marked-42/);
    expect(events("session.opened")).toBe(before);
    expect(events("session.adopted")).toBe(2);
  });

  it("[WP28] two tabs: the second sees that it is in use, takes it by a tap; the first keeps its other device; a third displaces nobody", async () => {
    const { page: first } = await rig.paired("desktop");
    await shell(first, "alpha");
    await home(first).click();
    await shell(first, "beta");
    const before = events("session.opened");

    const second = await first.context().newPage();
    await second.goto(rig.app.url);
    await deviceList(second);
    await second.getByRole("button", { name: /^alpha[\s\S]*Connect/ }).click();
    const inUse = second.getByTestId("in-use");
    await inUse.waitFor();
    expect(await inUse.innerText()).toMatch(/In use elsewhere/);
    await isShell(first, "beta");
    await inUse.getByRole("button", { name: "Take over" }).click();
    await isShell(second, "alpha");

    await tab(first, "alpha").click();
    await first.getByTestId("in-use").waitFor();
    expect(await first.getByTestId("in-use").innerText()).toMatch(/Taken over/);
    await tab(first, "beta").click();
    await isShell(first, "beta");

    const third = await first.context().newPage();
    await third.goto(rig.app.url);
    await deviceList(third);
    await third.getByRole("button", { name: /^alpha[\s\S]*Connect/ }).click();
    await third.getByTestId("in-use").waitFor();
    await isShell(second, "alpha");
    await isShell(first, "beta");
    await expect.poll(() => first.getByTestId("in-use").count(), SOON).toBe(0);
    expect(events("session.opened")).toBe(before);
  });
});
