import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningApp, startApp } from "#support/app.ts";
import { requireChromium } from "#support/chromium.ts";
import { requireTools } from "#support/find-tools.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";
import { launchBrowser, openPaired } from "./support/browser.ts";
import { BUSY } from "./support/busy-config.ts";
import { addDevice, logIn, open, trust } from "./support/real-device.ts";
import { focusTerminal, SOON, seeOnScreen, typeLine } from "./support/terminal.ts";

const chromium = await requireChromium();
const tools = await requireTools("sshd", "ssh-keygen");
const ready = chromium !== undefined && tools.ok && requireOwnAccounts();

const SIZE = 50 * 1024 * 1024;
/** Far above what the page needs, far below what it would need if it kept what it has drawn. */
const HEAP_LIMIT_BYTES = 120 * 1024 * 1024;
const RSS_LIMIT_KIB = 400 * 1024;

/** Text as devices write it: lines of random words, with colours and characters of several bytes among them. */
function makeText(): Buffer {
  const words = Array.from({ length: 400 }, () => randomBytes(6).toString("base64url"));
  const random = randomBytes(SIZE / 8);
  const lines: string[] = [];
  let bytes = 0;
  for (let at = 0; bytes < SIZE; at = (at + 13) % (random.length - 13)) {
    const picked = Array.from(
      { length: 8 + ((random[at] ?? 0) % 5) },
      (_, n) => words[((random[at + n + 1] ?? 0) * 7) % 400],
    );
    const line = `${picked.join(" ")}${(random[at] ?? 0) % 31 === 0 ? " \u001b[32mup\u001b[0m żółw 漢字" : ""}\r\n`;
    lines.push(line);
    bytes += Buffer.byteLength(line);
  }
  return Buffer.from(lines.join("")).subarray(0, SIZE);
}

/** What the page's own ports deliver to the terminal; in the page, before any script of the app. */
function watchBytes(): void {
  const seen = { bodies: [] as ArrayBuffer[], bytes: 0, faults: [] as string[] };
  let next: number | undefined;
  Object.assign(globalThis, { seen });
  type Listen = (this: MessagePort, ...args: Parameters<MessagePort["addEventListener"]>) => void;
  const { addEventListener: listen } = MessagePort.prototype as { addEventListener: Listen };
  MessagePort.prototype.addEventListener = function (this: MessagePort, ...args) {
    if (args[0] === "message" && !Reflect.has(this, "watched")) {
      Reflect.set(this, "watched", true);
      listen.call(this, "message", (event) => {
        const { data } = event as MessageEvent<{ t?: string; pos: number; body: ArrayBuffer } | undefined>;
        if (data?.t === "gap") seen.faults.push("gap");
        if (data?.t !== "out") return;
        if (next !== undefined && data.pos !== next) seen.faults.push(`at ${data.pos}, not ${next}`);
        next = data.pos + data.body.byteLength;
        seen.bytes += data.body.byteLength;
        seen.bodies.push(data.body.slice(0));
      });
    }
    listen.apply(this, args);
  } as Listen;
}

type Seen = { bodies: ArrayBuffer[]; bytes: number; faults: string[] };
declare const seen: Seen;

/** SHA-256 of the `size` bytes between two marks in what the terminal was given, and how many follow the first mark. */
function hashBetween(page: Page, begin: string, end: string): Promise<{ hash: string; bytes: number }> {
  return page.evaluate(
    async ([from, to]) => {
      const all = new Uint8Array(seen.bytes);
      let at = 0;
      for (const body of seen.bodies.splice(0)) {
        all.set(new Uint8Array(body), at);
        at += body.byteLength;
      }
      const find = (mark: string, start: number) => {
        const wanted = new TextEncoder().encode(mark);
        for (let i = start; i <= all.length - wanted.length; i++) {
          let n = 0;
          while (n < wanted.length && all[i + n] === wanted[n]) n++;
          if (n === wanted.length) return i;
        }
        return -1;
      };
      const first = find(from, 0) + from.length;
      const last = find(to, Math.max(0, all.length - 4_096));
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", all.subarray(first, last)));
      return { hash: Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join(""), bytes: last - first };
    },
    [begin, end] as const,
  );
}

async function rssKib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
}

async function heapBytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.enable");
  await session.send("HeapProfiler.collectGarbage");
  return (await session.send("Runtime.getHeapUsage")).usedSize;
}

describe.skipIf(!ready)("50 MB through the terminal", () => {
  let app: RunningApp;
  let browser: Browser;
  let sshd: TestSshServer;
  let folder: string;
  beforeAll(async () => {
    sshd = await startSshd(tools);
    folder = await mkdtemp(join(tmpdir(), "rackside-bytes-"));
    await chmod(folder, 0o755);
    app = await startApp({
      args: ["--no-demo"],
      config: { limits: BUSY, allow: [{ cidr: "127.0.0.1/32", ports: [sshd.port], label: "test server" }] },
    });
    browser = await launchBrowser(chromium ?? "");
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await sshd?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("arrive byte-exact, the page answers meanwhile, and neither page nor proxy keeps them", async () => {
    const text = makeText();
    const file = join(folder, "text");
    await writeFile(file, text, { mode: 0o644 });
    const { page, complaints } = await openPaired(browser, app, "desktop");
    await page.addInitScript(watchBytes);
    await page.reload();
    await addDevice(page, { port: sshd.port, label: "flood" });
    await open(page, "flood");
    await trust(page, sshd);
    await logIn(page, sshd.password ?? "");
    await seeOnScreen(page, /\$/);
    await focusTerminal(page);
    // Without the PTY's own doing: what the program writes is what the device sends.
    await typeLine(page, "stty -opost; printf 'REA'; printf 'DY\\r\\n'");
    await seeOnScreen(page, /READY/);
    await typeLine(page, `printf 'BEG'; printf 'IN'; cat ${file}; printf 'E'; printf 'ND'; stty sane`);

    // The page is used while the flood comes: a sheet opens, a switch moves, the sheet closes.
    await expect.poll(() => page.evaluate(() => seen.bytes), SOON).toBeGreaterThan(1_000_000);
    await page.getByRole("button", { name: "Settings" }).click();
    await page.locator('[data-theme-id="crt-green"]').click();
    await page.locator('html[data-theme="crt-green"]').waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await page.evaluate(() => seen.bytes)).toBeLessThan(SIZE);

    await expect.poll(() => page.evaluate(() => seen.bytes), { timeout: 90_000, interval: 250 }).toBeGreaterThan(SIZE);
    await seeOnScreen(page, /END/);
    expect(await rssKib(app.pid)).toBeLessThan(RSS_LIMIT_KIB);
    expect(await page.evaluate(() => seen.faults)).toEqual([]);
    const wanted = createHash("sha256").update(text).digest("hex");
    expect(await hashBetween(page, "BEGIN", "END")).toEqual({ hash: wanted, bytes: SIZE });
    expect(await heapBytes(page)).toBeLessThan(HEAP_LIMIT_BYTES);
    expect(complaints).toEqual({ errors: [], foreign: [] });
  });
});
