import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright";
import { deviceList } from "./browser.ts";
import { keepOutput } from "./kept-output.ts";
import { killBrowser, openProfile, rendererPids } from "./lasting-profile.ts";
import { addDevice, logIn, open, trustIfNew } from "./real-device.ts";
import { focusTerminal, seeOnScreen, typeLine } from "./terminal.ts";
import type { TrialDevice } from "./trial-device.ts";

/** A tablet: a paired browser on a profile of its own, to be killed, put to sleep and started again. */
export class TrialBrowser {
  readonly #executable: string;
  readonly #url: string;
  readonly #folder: string;
  #context!: BrowserContext;

  private constructor(executable: string, url: string, folder: string) {
    this.#executable = executable;
    this.#url = url;
    this.#folder = folder;
  }

  /** Pairs by the link; from then on the app is opened at `url`. */
  static async start(executable: string, url: string, pairingLink: string): Promise<TrialBrowser> {
    const folder = await mkdtemp(join(tmpdir(), "rackside-profile-"));
    const browser = new TrialBrowser(executable, url, folder);
    try {
      await browser.#launch();
      const page = await browser.#page();
      await page.goto(pairingLink);
      await deviceList(page);
      // A browser that ends in order has written its cookies; one that was paired seconds before a crash has not.
      await browser.#context.close();
      await browser.#launch();
    } catch (error) {
      await browser.close();
      throw error;
    }
    return browser;
  }

  async #launch(): Promise<void> {
    this.#context = await openProfile(this.#executable, this.#folder);
    await this.#context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: new URL(this.#url).origin });
    await this.#context.addInitScript(keepOutput);
  }

  async #page(): Promise<Page> {
    return this.#context.pages()[0] ?? (await this.#context.newPage());
  }

  /** A tab that shows the list of devices. */
  async tab(): Promise<Page> {
    const page = await this.#context.newPage();
    await page.goto(this.#url);
    await deviceList(page);
    return page;
  }

  /** A new tab, alone, with a shell of the device under a label of its own. */
  async shell(device: TrialDevice, label: string): Promise<Page> {
    const before = this.#context.pages();
    const page = await this.tab();
    for (const other of before) await other.close();
    await addDevice(page, { ...device, label });
    await open(page, label);
    await trustIfNew(page, device);
    await logIn(page, device.password);
    await seeOnScreen(page, /[$#]/);
    await focusTerminal(page);
    // What the shell does with a line that it edits itself is not looked at here.
    await typeLine(page, "bind 'set enable-bracketed-paste off'; PS1='READ''Y> '; echo");
    await seeOnScreen(page, /READY>/);
    return page;
  }

  /** Kills the browser, starts it again on the same profile and goes back to the device as a person does. */
  async killed(label: string): Promise<Page> {
    await killBrowser(this.#context, this.#folder);
    await this.#launch();
    const page = await this.#page();
    await page.goto(this.#url);
    // Its tab is there by itself; a new window shows the list first.
    const tabs = page.getByRole("navigation", { name: "Open devices" });
    await tabs
      .getByRole("button", { name: new RegExp(label) })
      .first()
      .click();
    await page.getByTestId("workspace").waitFor();
    return page;
  }

  /** Stops page and worker at once, without a word to either, as a tablet that falls asleep does. */
  async asleep(ms: number): Promise<void> {
    const pids = await rendererPids(this.#folder);
    if (pids.length === 0) throw new Error("no renderer to stop");
    for (const pid of pids) process.kill(pid, "SIGSTOP");
    try {
      await new Promise((wake) => setTimeout(wake, ms));
    } finally {
      for (const pid of pids) process.kill(pid, "SIGCONT");
    }
  }

  /** Freezes the page as the browser does with one that is out of sight; it is told before. */
  async frozen(page: Page, ms: number): Promise<void> {
    const session = await this.#context.newCDPSession(page);
    await session.send("Page.setWebLifecycleState", { state: "frozen" });
    await new Promise((thaw) => setTimeout(thaw, ms));
    await session.send("Page.setWebLifecycleState", { state: "active" });
    await session.detach();
  }

  async close(): Promise<void> {
    await this.#context?.close().catch(() => undefined);
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
