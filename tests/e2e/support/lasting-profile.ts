import { readdir, readFile } from "node:fs/promises";
import { type BrowserContext, chromium } from "playwright";
import { SCREENS } from "#support/chromium.ts";

/** As `launchBrowser`: no sandbox as root, and a terminal that draws into the page, where a test can read it. */
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-3d-apis"];

/** A browser on a profile of its own that outlives it. */
export function openProfile(executablePath: string, folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    executablePath,
    args: ARGUMENTS,
    ...SCREENS.desktop,
    locale: "en-GB",
    reducedMotion: "reduce",
  });
}

/** The browser that uses the profile: the process that has no type, since all others have one. */
async function browserPid(folder: string): Promise<number> {
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const line = await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "");
    if (line.includes(`--user-data-dir=${folder}`) && !line.includes("--type=")) return Number(entry);
  }
  throw new Error("the browser does not run");
}

/** Ends the browser as a crash or an empty battery does. */
export async function killBrowser(context: BrowserContext, folder: string): Promise<void> {
  const pid = await browserPid(folder);
  const closed = new Promise((done) => context.once("close", done));
  process.kill(pid, "SIGKILL");
  await closed;
}

/** Renderers of the profile; stopping them freezes the page, worker included, as a sleeping tablet does. */
export async function rendererPids(folder: string): Promise<number[]> {
  const pids: number[] = [];
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const line = await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "");
    if (line.includes("--type=renderer") && line.includes(`--user-data-dir=${folder}`)) pids.push(Number(entry));
  }
  return pids;
}
