/** Whatever ends the page, its terminal comes back with every line once, in its colours, and types nothing by itself. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type RunningApp, startApp } from "#support/app.ts";
import { requireChromium } from "#support/chromium.ts";
import { requireTools } from "#support/find-tools.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";
import { deviceList } from "./support/browser.ts";
import { BUSY } from "./support/busy-config.ts";
import { killBrowser, openProfile, rendererPids } from "./support/lasting-profile.ts";
import { addDevice, logIn, open, trust } from "./support/real-device.ts";
import { focusTerminal, SOON, screenText, seeOnScreen, typeLine } from "./support/terminal.ts";

const chromium = await requireChromium();
const tools = await requireTools("sshd", "ssh-keygen");
const ready = chromium !== undefined && tools.ok && requireOwnAccounts();

/** 20 lines a second for 20 s. */
const LINES = 400;
/**
 * Prints coloured, numbered lines, each followed by a question for the cursor's place; then says how many answers it got.
 * More answers than questions would have been typed into the device by a screen that was restored.
 */
const COUNTER = [
  "stty -echo -icanon min 0 time 1",
  `for n in $(seq 1 ${LINES}); do printf '\\033[3%dmcount %05d\\033[0m\\r\\n' $((n%7+1)) $n; sleep 0.05; done`,
  "printf '\\033[6n'; a=$(head -c 400 | tr -dc R)",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own.
  "stty sane; echo ANSW''ERS=${#a} DO''NE",
].join("; ");

/** Keeps what the page's terminal is given; in the page, before any script of the app. */
function keepOutput(): void {
  const output = { text: "", gaps: 0 };
  Object.assign(globalThis, { output });
  const decoder = new TextDecoder();
  // oxlint-disable-next-line typescript/unbound-method -- called with the port that it is called on.
  const listen = MessagePort.prototype.addEventListener;
  MessagePort.prototype.addEventListener = function (this: MessagePort, ...args: Parameters<typeof listen>) {
    if (args[0] === "message" && !Reflect.has(this, "kept")) {
      Reflect.set(this, "kept", true);
      listen.call(this, "message", (event) => {
        const { data } = event as MessageEvent<{ t?: string; body: ArrayBuffer } | undefined>;
        if (data?.t === "gap") output.gaps++;
        if (data?.t === "begin") output.text = "";
        if (data?.t === "out") output.text += decoder.decode(data.body.slice(0));
      });
    }
    listen.apply(this, args);
  } as typeof listen;
}
declare const output: { text: string; gaps: number };

const numbers = async (page: Page): Promise<number[]> => {
  const text = await page.evaluate(() => output.text);
  return [...text.matchAll(/count (\d{5})/g)].map((match) => Number(match[1]));
};
const ALL = Array.from({ length: LINES }, (_, n) => n + 1);

describe.skipIf(!ready)("a page that was ended", () => {
  let app: RunningApp;
  let sshd: TestSshServer;
  let folder: string;
  let context: BrowserContext;

  beforeAll(async () => {
    if (!tools.ok) return;
    sshd = await startSshd(tools);
    app = await startApp({
      args: ["--no-demo"],
      config: { limits: BUSY, allow: [{ cidr: "127.0.0.1/32", ports: [sshd.port], label: "test server" }] },
    });
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "rackside-profile-"));
    await restart();
  });
  afterEach(async () => {
    await context.close().catch(() => undefined);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  afterAll(async () => {
    await app?.close();
    await sshd?.stop();
  });

  async function restart(): Promise<void> {
    context = await openProfile(chromium ?? "", folder);
    await context.addInitScript(keepOutput);
  }

  /** A counter that runs on a device. */
  async function counting(label: string): Promise<Page> {
    const first = context.pages()[0] ?? (await context.newPage());
    await first.goto(await app.pairAgain());
    await deviceList(first);
    // A browser that ends in order has written its cookies; one that was paired seconds before a crash has not.
    await context.close();
    await restart();
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(app.url);
    await deviceList(page);
    await addDevice(page, { port: sshd.port, label });
    await open(page, label);
    await trust(page, sshd);
    await logIn(page, sshd.password ?? "");
    await seeOnScreen(page, /\$/);
    await focusTerminal(page);
    await typeLine(page, COUNTER);
    await reached(page, 60);
    return page;
  }

  const reached = (page: Page, line: number) =>
    expect.poll(async () => (await numbers(page)).at(-1) ?? 0, SOON).toBeGreaterThanOrEqual(line);

  /** Every line once, in order, up to the end; and one answer to the one question. */
  async function complete(page: Page): Promise<void> {
    await seeOnScreen(page, /ANSWERS=1 DONE/);
    expect(await numbers(page)).toEqual(ALL);
    expect(await page.evaluate(() => output.gaps)).toBe(0);
    expect(await screenText(page)).toMatch(new RegExp(`count 0*${LINES - 1}\\ncount 0*${LINES}\\n`));
    const colour = await page.evaluate((wanted) => {
      const row = [...document.querySelectorAll(".xterm-rows > div")].find((div) => div.textContent?.includes(wanted));
      return row?.querySelector("span")?.className ?? "";
    }, `count 00${LINES}`);
    expect(colour).toContain(`xterm-fg-${(LINES % 7) + 1}`);
  }

  /** The page as a person finds it again: the workspace is there by itself. */
  async function back(page: Page): Promise<Page> {
    await page.getByTestId("workspace").waitFor();
    return page;
  }

  it("[WP31] reloaded, twice", async () => {
    const page = await counting("reloaded");
    await page.reload();
    await back(page);
    await reached(page, 150);
    await page.reload();
    await back(page);
    await complete(page);
  });

  it("[WP29] [WP31] killed with the whole browser, and started again", async () => {
    await counting("killed");
    await killBrowser(context, folder);
    await restart();
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(app.url);
    // Its tab is there by itself; a new window shows the list first.
    await page
      .getByRole("navigation", { name: "Open devices" })
      .getByRole("button", { name: /killed/ })
      .first()
      .click();
    await back(page);
    await complete(page);
  });

  it("[WP34] frozen for some seconds, and thawed", async () => {
    const page = await counting("frozen");
    const pids = await rendererPids(folder);
    expect(pids.length).toBeGreaterThan(0);
    const before = (await numbers(page)).length;
    for (const pid of pids) process.kill(pid, "SIGSTOP");
    try {
      await new Promise((thaw) => setTimeout(thaw, 6_000));
    } finally {
      for (const pid of pids) process.kill(pid, "SIGCONT");
    }
    await reached(page, before + 60);
    await complete(page);
  });

  it("[WP28] [WP31] closed while a second tab is open, which takes the session up when asked", async () => {
    const page = await counting("two tabs");
    const other = await context.newPage();
    await other.goto(app.url);
    await deviceList(other);
    await page.close();
    // First in the list: what runs stands above what is known.
    await other
      .getByRole("button", { name: /^two tabs/ })
      .first()
      .click();
    await back(other);
    await complete(other);
  });
});
