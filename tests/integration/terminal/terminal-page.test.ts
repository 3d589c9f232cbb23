import { resolve } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright";
import { createServer, type ViteDevServer } from "vite";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { launchChromium, openScreen, requireChromium, type ScreenName } from "#support/chromium.ts";
import type { played as playedType } from "#support/terminal-harness/played-bridge.ts";
import type { TerminalHandle } from "#terminal/terminal-handle.ts";

declare const played: typeof playedType;
declare const terminal: TerminalHandle;

const chromium = await requireChromium();
const HARNESS = resolve(import.meta.dirname, "../../support/terminal-harness");

describe.skipIf(chromium === undefined)("the terminal in a browser", () => {
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
    browser = await launchChromium(chromium ?? "");
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  afterEach(async () => {
    await context.close();
    expect(problems.splice(0)).toEqual([]);
  });

  async function open(screen: ScreenName, query = ""): Promise<void> {
    context = await openScreen(browser, screen);
    page = await context.newPage();
    page.on("pageerror", (error) => problems.push(error.message));
    const address = server.httpServer?.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await page.goto(`http://127.0.0.1:${port}/${query}`);
    await page.waitForFunction(() => terminal.getState().renderer !== "none");
    await page.evaluate(() => played.message({ t: "begin", stream: "s", pos: 0, clear: true }));
  }
  const out = (text: string) => page.evaluate((t) => played.out(t), text);
  const sent = () => page.evaluate(() => played.sent);
  const focus = () => page.evaluate(() => terminal.focus());
  const settled = () => page.waitForFunction(() => played.applied === played.position);

  it("[U34] tells the device the size that is seen, at least 40x10, and again when it changes", async () => {
    await open("desktop");
    const sizes = () => page.evaluate(() => played.commands.filter((command) => command.startsWith("size")));
    await page.waitForFunction(() => played.commands.some((command) => command.startsWith("size")));
    const { cols } = JSON.parse((await sizes())[0]?.slice(5) ?? "{}") as { cols: number };
    expect(cols).toBeGreaterThan(100);
    await page.setViewportSize({ width: 300, height: 300 });
    // Width and height may come in two steps; the last one said is the one that is seen.
    await page.waitForFunction(() => /^size .*"cols":40,"rows":1\d\b/.test(played.commands.at(-1) ?? ""));
  });

  it("[U24] [U27] sends what a hardware keyboard types, byte for byte", async () => {
    await open("desktop");
    await focus();
    await page.keyboard.type("show ver?");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Control+c");
    await page.keyboard.press("Control+Shift+6");
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    expect(await sent()).toBe("show ver?\t\x1b[A\x03\x1e\x7f\x1b[Z\r");
    await out("\x1b[?1h");
    await settled();
    await page.keyboard.press("ArrowUp");
    expect((await sent()).endsWith("\x1bOA")).toBe(true);
  });

  it("[U24] a click on the terminal keeps our field focused, and no text comes twice", async () => {
    await open("desktop");
    await page.mouse.click(200, 200);
    await page.keyboard.type("abc");
    await page.keyboard.insertText("é漢");
    expect(await sent()).toBe("abcé漢");
    expect(await page.evaluate(() => document.activeElement?.className)).toBe("rs-capture");
  });

  it("[U17] [U20] bar keys act, take modifiers, and leave the focus where it is", async () => {
    await open("landscape");
    await focus();
    await page.getByRole("button", { name: "Esc", exact: true }).tap();
    await page.getByRole("button", { name: "Ctrl", exact: true }).tap();
    expect(await page.getByRole("button", { name: "Ctrl", exact: true }).getAttribute("aria-pressed")).toBe("true");
    await page.keyboard.type("c");
    await page.keyboard.type("c");
    await page.getByRole("button", { name: "Pipe" }).tap();
    await page.getByRole("button", { name: "Up", exact: true }).tap();
    await page.getByRole("button", { name: "Control C", exact: true }).tap();
    expect(await sent()).toBe("\x1b\x03c|\x1b[A\x03");
    expect(await page.evaluate(() => document.activeElement?.className)).toBe("rs-capture");
  });

  it("[U88] every key of the bar is at least 44 px in both directions", async () => {
    await open("phone");
    const boxes = await page.locator(".rs-key").evaluateAll((keys) => keys.map((key) => key.getBoundingClientRect()));
    expect(boxes.length).toBeGreaterThan(8);
    for (const box of boxes) {
      expect(box.width).toBeGreaterThanOrEqual(44);
      expect(box.height).toBeGreaterThanOrEqual(44);
    }
  });

  it("[U22] a pager raises Space, Enter and q, and nothing is sent by itself", async () => {
    await open("phone");
    await out("line\r\n --More-- ");
    await page.getByRole("button", { name: "Quit the pager" }).waitFor();
    expect(await sent()).toBe("");
    await page.getByRole("button", { name: "Quit the pager" }).tap();
    expect(await sent()).toBe("q");
  });

  it("[S81] [S82] answers queries of a live device and none of a replay", async () => {
    await open("desktop");
    await page.evaluate(() => {
      played.message({ t: "restoring", done: 0, total: 10 });
      played.out("\x1b[c\x1b[6n", true);
      played.message({ t: "restoring", done: 10, total: 10 });
    });
    await settled();
    expect(await sent()).toBe("");
    await out("\x1b[2;3H\x1b[6n\x1b[>c\x1b]11;?\x07");
    await settled();
    expect(await sent()).toBe("\x1b[2;3R");
  });

  it("[S82] typing during a restore waits in a strip and goes afterwards", async () => {
    await open("desktop");
    await focus();
    await page.evaluate(() => played.message({ t: "restoring", done: 1024, total: 4096 }));
    await page.getByText("Restoring 1 of 4 KiB").waitFor();
    await page.keyboard.type("sh ver");
    await page.getByText("sh ver").waitFor();
    expect(await sent()).toBe("");
    await page.evaluate(() => played.message({ t: "restoring", done: 4096, total: 4096 }));
    await page.waitForFunction(() => played.sent === "sh ver");
  });

  it("[S90] a paste of several lines is reviewed; Enter there cancels; Send sends it once", async () => {
    await open("desktop");
    await out("r1# ");
    await focus();
    const paste = () => page.evaluate(() => terminal.paste("conf t\nreload\nhost\u202ename x\n"));
    await paste();
    await page.getByTestId("paste-review").waitFor();
    await page.getByText("can take the device down or erase it").waitFor();
    await page.keyboard.press("Enter");
    await page.getByTestId("paste-review").waitFor({ state: "detached" });
    expect(await sent()).toBe("");
    await paste();
    await page.getByRole("button", { name: "Send first line" }).click();
    expect(await sent()).toBe("conf t\r");
    await paste();
    await page.getByRole("button", { name: "Send 3 lines" }).click();
    expect(await sent()).toBe("conf t\rconf t\rreload\rhost\u202ename x\r");
    expect(await page.evaluate(() => document.activeElement?.className)).toBe("rs-capture");
  });

  it("[U48] [S91] an echoed line gets into the history and comes back without Enter", async () => {
    await open("desktop");
    await out("r1# ");
    await settled();
    await focus();
    await page.keyboard.type("show clock");
    await page.keyboard.press("Enter");
    await out("show clock\r\n12:00\r\nr1# ");
    await page.waitForFunction(() => played.commands.some((command) => command.includes('"line":"show clock"')));
    await page.getByRole("button", { name: "Command history" }).click();
    await page.getByTitle("Put at the cursor").click();
    expect(await sent()).toBe("show clock\rshow clock");
  });

  it("[U55] search finds, counts, goes on, and puts the person back where they were", async () => {
    await open("desktop");
    await out(Array.from({ length: 300 }, (_, n) => `line ${n} ${n % 100 === 7 ? "needle" : ""}\r\n`).join(""));
    await settled();
    const rows = await page.evaluate(() => terminal.getState().rows);
    await page.getByRole("button", { name: "Search the screen" }).click();
    // the bar takes rows, so that the last line is another one
    await page.waitForFunction((before) => terminal.getState().rows < before, rows);
    await page.getByRole("textbox", { name: "Search the terminal" }).fill("needle");
    await page.getByText("3 of 3").waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("2 of 3").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("textbox", { name: "Search the terminal" }).waitFor({ state: "detached" });
    await page.waitForFunction(() => !terminal.getState().scrolledBack);
  });

  it("[S87] a link asks before it opens", async () => {
    await open("desktop", "?renderer=dom");
    await out("see \x1b]8;;https://evil.test/x\x07https://cisco.com/\x1b]8;;\x07 now\r\n");
    await settled();
    const box = await page.locator(".xterm-screen").boundingBox();
    if (box === null) throw new Error("the terminal has no screen");
    await page.mouse.move(box.x + 60, box.y + 8);
    await page.mouse.move(box.x + 64, box.y + 8);
    await page.mouse.click(box.x + 64, box.y + 8);
    await page.getByTestId("link-question").waitFor();
    await page.getByText("The screen shows another address").waitFor();
    expect(await page.locator(".rs-link-host").textContent()).toBe("evil.test");
    await page.keyboard.press("Enter");
    await page.getByTestId("link-question").waitFor({ state: "detached" });
    expect(context.pages()).toHaveLength(1);
  });

  it("[U3] [U9] switched away it goes on receiving without a context, and comes back as it was", async () => {
    await open("desktop");
    await out("before\r\n");
    await page.evaluate(() => document.getElementById("switch")?.click());
    await page.waitForFunction(() => document.querySelector(".rs-term") === null);
    await out("meanwhile\r\n");
    await settled();
    await page.evaluate(() => document.getElementById("switch")?.click());
    await page.waitForFunction(() => document.querySelector(".rs-term .xterm") !== null);
    expect(await page.evaluate(() => document.querySelectorAll(".xterm").length)).toBe(1);
  });

  it("[U38] a finger scrolls back, new lines are counted, one tap returns", async () => {
    await open("phone");
    await out(Array.from({ length: 200 }, (_, n) => `line ${n}\r\n`).join(""));
    await settled();
    const client = await context.newCDPSession(page);
    const touch = (type: string, y: number) =>
      client.send("Input.dispatchTouchEvent", {
        type: type as "touchStart",
        touchPoints: type === "touchEnd" ? [] : [{ x: 150, y }],
      });
    await touch("touchStart", 200);
    for (let y = 220; y <= 500; y += 20) await touch("touchMove", y);
    await touch("touchEnd", 500);
    await page.waitForFunction(() => terminal.getState().scrolledBack);
    await out("x\r\ny\r\n");
    await page.getByRole("button", { name: "2 new lines" }).tap();
    await page.waitForFunction(() => !terminal.getState().scrolledBack);
  });

  it("[U25] [U90] a wheel and a keyboard's Shift go through the scrollback, and nothing is sent for it", async () => {
    await open("desktop");
    await out(Array.from({ length: 200 }, (_, n) => `line ${n}\r\n`).join(""));
    await settled();
    const back = (is: boolean) => page.waitForFunction((wanted) => terminal.getState().scrolledBack === wanted, is);
    await page.mouse.move(200, 200);
    await page.mouse.wheel(0, -400);
    await back(true);
    await focus();
    await page.keyboard.press("Shift+End");
    await back(false);
    // While a word is composed, its keyboard has these keys for itself.
    await page.evaluate(() => {
      const press = { key: "Home", code: "Home", shiftKey: true, isComposing: true, bubbles: true, cancelable: true };
      document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", press));
    });
    expect(await page.evaluate(() => terminal.getState().scrolledBack)).toBe(false);
    for (const key of ["PageUp", "Home"]) {
      await page.keyboard.press(`Shift+${key}`);
      await back(true);
      await page.keyboard.press("Shift+End");
      await back(false);
    }
    await page.keyboard.press("Shift+PageUp");
    await back(true);
    expect(await sent()).toBe("");
    await page.keyboard.press("PageUp");
    expect(await sent()).toBe("\x1b[5~");
    await back(false);
  });

  it("[WP9] 8 MiB in many pieces are credited to the last byte", async () => {
    await open("desktop");
    await page.evaluate(() => {
      const line = `${"interface GigabitEthernet0/0 is up ".repeat(2)}\r\n`;
      const chunk = line.repeat(Math.ceil(32_768 / line.length));
      for (let n = 0; n < 256; n++) played.out(chunk);
    });
    await settled();
    expect(await page.evaluate(() => played.applied)).toBeGreaterThan(8 * 1024 * 1024);
  });

  it("[U70] reset screen leaves the alternate screen, keeps scrollback, sends nothing", async () => {
    await open("desktop");
    await out(`${"kept\r\n".repeat(100)}\x1b[?1049h\x1b[?2004h`);
    await page.waitForFunction(() => terminal.getState().altScreen && terminal.getState().bracketedPaste);
    await page.getByRole("button", { name: "Reset the screen" }).click();
    await page.waitForFunction(() => !terminal.getState().altScreen && !terminal.getState().bracketedPaste);
    expect(await sent()).toBe("");
    await page.evaluate(() =>
      terminal.search({ term: "kept", regex: false, caseSensitive: false, wholeWord: false }, "next"),
    );
    await page.waitForFunction(() => terminal.getState().search?.count === 100);
  });

  it("[U69] a gap is drawn as a ruled line", async () => {
    await open("desktop");
    await page.evaluate(() => {
      played.out("abc");
      played.message({ t: "gap", from: 3, to: 3 + 4096 });
    });
    await page.waitForFunction(() => played.applied === 3 + 4096);
  });
});
