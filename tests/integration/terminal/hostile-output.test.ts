import { resolve } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright";
import { createServer, type ViteDevServer } from "vite";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { launchChromium, openScreen, requireChromium } from "#support/chromium.ts";
import { hostileCount } from "#support/hostile-count.ts";
import type { played as playedType } from "#support/terminal-harness/played-bridge.ts";
import type { TerminalHandle } from "#terminal/terminal-handle.ts";

declare const played: typeof playedType;
declare const terminal: TerminalHandle;

const chromium = await requireChromium();
const HARNESS = resolve(import.meta.dirname, "../../support/terminal-harness");
const MARKER = "markup-ran";
const MARKUP = `<img src=x onerror="document.title='${MARKER}'"><script>document.title='${MARKER}'</script>`;
const MIB = 1024 * 1024;

/** All of the flood at full count takes minutes on two busy cores; the project's own limit is for what takes seconds. */
const FLOOD_MS = 300_000;
const FLOOD_TEST_MS = FLOOD_MS + 30_000;

describe.skipIf(chromium === undefined)("[HD6] a hostile device and the page", () => {
  let server: ViteDevServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    server = await createServer({
      configFile: resolve(HARNESS, "vite.config.ts"),
      server: { port: 0, host: "127.0.0.1" },
    });
    await server.listen();
    browser = await launchChromium(chromium ?? "", ["--disable-3d-apis"]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  afterEach(async () => {
    await context.close();
    expect(problems.splice(0)).toEqual([]);
  });

  async function open(): Promise<void> {
    context = await openScreen(browser, "desktop");
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    page = await context.newPage();
    page.on("pageerror", (error) => problems.push(error.message));
    const address = server.httpServer?.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.waitForFunction(() => terminal.getState().renderer !== "none");
    await page.evaluate(() => played.message({ t: "begin", stream: "s", pos: 0, clear: true }));
    await page.evaluate(() => navigator.clipboard.writeText("mine"));
  }
  const out = (text: string) => page.evaluate((t) => played.out(t), text);
  const sent = () => page.evaluate(() => played.sent);
  const settled = () => page.waitForFunction(() => played.applied === played.position);
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  const osc52 = (text: string) => `\x1b]52;c;${Buffer.from(text).toString("base64")}\x07`;

  it("[S85] OSC 52 neither reads nor writes the clipboard, and shows nothing", async () => {
    await open();
    await out(`${osc52("theirs")}\x1b]52;c;?\x07`);
    await settled();
    expect([await clipboard(), await sent()]).toEqual(["mine", ""]);
    expect(await page.getByTestId("clipboard-offer").count()).toBe(0);
  });

  it("[S85] a device that may ask is shown each time, never takes the focus, and copies only by a tap", async () => {
    await open();
    await page.evaluate(() => localStorage.setItem("rackside.terminal.clipboard-ask", '["d"]'));
    await page.evaluate(() => terminal.focus());
    await out(osc52(`${MARKUP}\u202e`));
    const offer = page.getByTestId("clipboard-offer");
    await offer.waitFor();
    expect(await offer.textContent()).toContain("<U+202E>");
    expect(await offer.textContent()).toMatch(/put \d+ bytes on the clipboard/);
    await page.keyboard.type("x");
    await page.keyboard.press("Enter");
    expect([await clipboard(), await sent()]).toEqual(["mine", "x\r"]);
    await offer.getByRole("button", { name: "Copy" }).click();
    await offer.waitFor({ state: "detached" });
    expect(await clipboard()).toBe(`${MARKUP}\u202e`);
    await out(osc52("second"));
    await offer.getByRole("button", { name: "Ignore" }).click();
    expect(await clipboard()).toBe(`${MARKUP}\u202e`);
    await page.evaluate((text) => {
      played.message({ t: "restoring", done: 0, total: 1 });
      played.out(text, true);
      played.message({ t: "restoring", done: 1, total: 1 });
    }, osc52("from a log"));
    await settled();
    expect(await offer.count()).toBe(0);
  });

  it("[S84] [S86] [S88] titles, colours, hidden text, focus reports: the page stays what it was", async () => {
    await open();
    const background = () =>
      page.evaluate(() => getComputedStyle(document.querySelector(".xterm-viewport") ?? document.body).backgroundColor);
    const [colour, title] = [await background(), await page.title()];
    await out(
      `\x1b]0;\u202e${MARKUP}\x07\x1b]11;rgb:ff/ff/ff\x07\x1b]4;0;rgb:ff/ff/ff\x07\x1b]10;rgb:00/00/00\x07\x1b[?1004;25h\x1b[8mhidden\x1b[0m \x1b[30;40mblack on black\x1b[0m\r\n${MARKUP}`,
    );
    await settled();
    await page.mouse.click(5, 5);
    await page.evaluate(() => terminal.focus());
    expect([await background(), await page.title(), await sent()]).toEqual([colour, title, ""]);
    expect(await page.evaluate(() => terminal.getState().title)).toContain("\\u{202e}");
    expect(await page.locator(".xterm-rows").innerText()).toContain("hidden");
    const black = page.locator(".xterm-rows span", { hasText: "black on black" }).first();
    const colours = await black.evaluate((span) => [
      getComputedStyle(span).color,
      getComputedStyle(span).backgroundColor,
    ]);
    expect(colours[0]).not.toBe(colours[1]);
    expect(await page.locator("img, script[src='x']").count()).toBe(0);
  });

  it("[S83] a device that asks without end is answered 32 times a second at most, and it is said", async () => {
    await open();
    await out("\x1b[5n".repeat(1_000));
    await page.getByText("This device asks the terminal too much").waitFor();
    await settled();
    expect((await sent()).length).toBeLessThanOrEqual("\x1b[0n".length * 32 * 10);
  });

  it(
    "megabytes of combining marks in one cell: a tap made meanwhile is handled before the flood ends",
    async () => {
      const bytes = hostileCount("HD6 MiB of combining marks", 3, 10) * MIB;
      await open();
      await page.evaluate((total) => {
        const marks = "\u0301".repeat(16 * 1024);
        const size = new TextEncoder().encode(marks).length;
        const note = () => Object.assign(globalThis, { tapped: { applied: played.applied, all: played.position } });
        document.addEventListener("pointerdown", note, { once: true });
        played.out("a");
        for (let n = 0; n < total; n += size) played.out(marks);
      }, bytes);
      await page.mouse.click(200, 200);
      const handled = await page.evaluate(
        () => (globalThis as unknown as { tapped: Record<"applied" | "all", number> }).tapped,
      );
      expect(handled.applied).toBeLessThan(handled.all);
      await page.waitForFunction(() => played.applied === played.position, undefined, { timeout: FLOOD_MS });
      await out("\r\nalive\r\n");
      await settled();
    },
    FLOOD_TEST_MS,
  );

  it("markup in every string that a device can send stays text", async () => {
    await open();
    await out(
      `${MARKUP}\r\n\x1b]2;${MARKUP}\x07\x1b]8;id=${MARKUP};https://evil.test/${encodeURIComponent(MARKUP)}\x07${MARKUP}\x1b]8;;\x07\r\n`,
    );
    await settled();
    await page.evaluate((text) => played.message({ t: "note", text }), MARKUP);
    await page.evaluate((text) => terminal.paste(`${text}\n${text}`), MARKUP);
    await page.getByTestId("paste-review").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    expect(await page.title()).not.toBe(MARKER);
    expect(await page.locator("img").count()).toBe(0);
  });
});
