import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import type { BrowserContext, Page } from "playwright";
import { startApp } from "#support/app.ts";
import { openScreen } from "#support/chromium.ts";
import type { BenchContext, Figure } from "../figure.ts";
import type { Measure } from "../measure.ts";
import { browser } from "../rig/browser.ts";
import { median } from "../statistics.ts";

const BUILT = resolve(import.meta.dirname, "../../dist/web");
const KIB = 1_024;
const FULL_RUNS = 9;
const SHORT_RUNS = 3;

/** Opens the address and gives the seconds until the list of devices was painted, by the page's own clock. */
async function loadS(page: Page, url: string): Promise<number> {
  await page.goto(url, { waitUntil: "commit" });
  await page.getByRole("heading", { name: "Devices", exact: true }).waitFor();
  const ms = await page.evaluate(
    () =>
      new Promise<number>((done) => {
        requestAnimationFrame(() => setTimeout(() => done(performance.now())));
      }),
  );
  return ms / 1_000;
}

/** Nothing of the app is left in the browser but the pairing. */
async function forgetCopies(screen: BrowserContext, url: string): Promise<void> {
  const page = await screen.newPage();
  const devtools = await screen.newCDPSession(page);
  await devtools.send("Network.clearBrowserCache");
  await devtools.send("Storage.clearDataForOrigin", { origin: url, storageTypes: "service_workers,cache_storage" });
  await page.close();
}

async function coldLoads(screen: BrowserContext, url: string, runs: number) {
  const seconds: number[] = [];
  const scripts = new Set<string>();
  while (seconds.length < runs) {
    await forgetCopies(screen, url);
    const page = await screen.newPage();
    let loading = true;
    screen.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (loading && request.serviceWorker() === null && pathname.endsWith(".js")) scripts.add(pathname);
    });
    seconds.push(await loadS(page, url));
    loading = false;
    await page.close();
  }
  return { seconds, scripts: [...scripts] };
}

async function offlineLoads(screen: BrowserContext, url: string, runs: number, stop: () => Promise<unknown>) {
  const page = await screen.newPage();
  await loadS(page, url);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await page.close();
  await stop();
  const seconds: number[] = [];
  while (seconds.length < runs) {
    const offline = await screen.newPage();
    seconds.push(await loadS(offline, url));
    await offline.close();
  }
  return seconds;
}

/** What the proxy sends compressed; the rest is compressed already. */
const COMPRESSED = /\.(?:html|js|css|svg|webmanifest)$/;

type Sizes = { diskKib: number; sentKib: number };

async function sizesOf(path: string): Promise<Sizes> {
  const file = await readFile(join(BUILT, path));
  const sent = COMPRESSED.test(path) ? gzipSync(file, { level: 9 }) : file;
  return { diskKib: file.length / KIB, sentKib: sent.length / KIB };
}

function total(sizes: readonly Sizes[], key: keyof Sizes): number {
  return sizes.reduce((sum, one) => sum + one[key], 0);
}

/** The files that the service worker lists. */
async function precached(): Promise<string[]> {
  const worker = await readFile(join(BUILT, "sw.js"), "utf8");
  const urls = [...worker.matchAll(/["']?url["']?:\s*["']([^"']+)["']/g)].map(([, url = ""]) => url);
  if (urls.length === 0) throw new Error("sw.js lists no files");
  return [...new Set(urls)];
}

async function run(context: BenchContext): Promise<Measure[]> {
  const { browser: chromium } = await browser(context);
  const runs = context.short ? SHORT_RUNS : FULL_RUNS;
  const app = await startApp();
  const screen = await openScreen(chromium, "landscape");
  try {
    const first = await screen.newPage();
    await loadS(first, app.pairUrl);
    await first.close();
    const cold = await coldLoads(screen, app.url, runs);
    const offline = await offlineLoads(screen, app.url, runs, () => app.stop());
    const precache = await Promise.all((await precached()).map(sizesOf));
    const scripts = await Promise.all(cold.scripts.map(sizesOf));
    const workers = await Promise.all(cold.scripts.filter((path) => path.includes(".worker-")).map(sizesOf));
    const figure = (id: string, title: string, value: number, unit: string, bound: number, note: string): Measure => ({
      id: `start.${id}`,
      title,
      value,
      unit,
      better: "lower",
      target: { kind: "max_value", bound },
      note,
    });
    return [
      figure("cold", "cold load to the list of devices", median(cold.seconds), "s", 1.5, "paired, nothing cached"),
      figure("offline", "offline load to the list of devices", median(offline), "s", 1, "the proxy is stopped"),
      figure(
        "precache",
        "precache",
        total(precache, "diskKib"),
        "KiB",
        900,
        `files as they lie on disk; ${total(precache, "sentKib").toFixed(0)} KiB as sent`,
      ),
      figure(
        "first_js",
        "JavaScript until then, gzip",
        total(scripts, "sentKib"),
        "KiB",
        180,
        `${scripts.length} files, the worker's ${total(workers, "sentKib").toFixed(0)} KiB among them`,
      ),
    ];
  } finally {
    await screen.close();
    await app.close();
  }
}

export const start: Figure = { name: "start", title: "start of the app", needs: ["chromium"], run };
