/** A tablet on another network: a browser in a namespace of its own, with a profile that trusts what its owner installed. */
import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type BrowserContext, chromium } from "playwright";
import { SCREENS } from "#support/chromium.ts";
import { reportMissing, requireTools, type Tools } from "#support/find-tools.ts";

const run = promisify(execFile);

/** As `launchBrowser`: no sandbox as root, and a terminal that draws into the page, where a test can read it. */
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-3d-apis"];

/** What is needed beside the browser; undefined after one line that says what is missing. */
export async function requireTablet(): Promise<Tools | undefined> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    reportMissing("a tablet on another network", "it needs root on Linux (network namespaces)");
    return undefined;
  }
  const tools = await requireTools("chromium", "ip", "certutil");
  return tools.ok ? tools : undefined;
}

export type TabletNetwork = {
  /** The proxy's machine, as the tablet sees it. */
  readonly address: string;
  /** A new tablet; `authority`: file of a CA certificate that its owner installed. */
  tablet(authority?: string): Promise<Tablet>;
  close(): Promise<void>;
};
export type Tablet = {
  readonly context: BrowserContext;
  /** The command line of its browser. */
  flags(): Promise<readonly string[]>;
  close(): Promise<void>;
};

/** A cable from this machine to a namespace. Removing the namespace removes its end of the cable, and so both. */
export async function openTabletNetwork(tools: Tools): Promise<TabletNetwork> {
  const name = `rs-tab-${process.pid}`;
  const [here, there] = [`rt${process.pid}h`, `rt${process.pid}t`];
  // Of the private ranges; the third number keeps runs on one machine apart.
  const subnet = `10.213.${process.pid % 250}`;
  const ip = (...args: string[]) => run(tools.path("ip"), args);
  await ip("netns", "add", name);
  const tablets = new Set<Tablet>();
  try {
    await ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", name);
    await ip("addr", "add", `${subnet}.1/24`, "dev", here);
    await ip("link", "set", here, "up");
    await ip("-n", name, "addr", "add", `${subnet}.2/24`, "dev", there);
    await ip("-n", name, "link", "set", there, "up");
    await ip("-n", name, "link", "set", "lo", "up");
  } catch (error) {
    await ip("netns", "del", name);
    throw error;
  }
  return {
    address: `${subnet}.1`,
    tablet: async (authority) => {
      const tablet = await openTablet(tools, name, authority);
      tablets.add(tablet);
      return tablet;
    },
    close: async () => {
      for (const tablet of tablets) await tablet.close();
      await ip("netns", "del", name);
    },
  };
}

async function openTablet(tools: Tools, namespace: string, authority: string | undefined): Promise<Tablet> {
  const home = await mkdtemp(join(tmpdir(), "rackside-tablet-"));
  const store = join(home, ".pki/nssdb");
  await mkdir(store, { recursive: true });
  await run(tools.path("certutil"), ["-d", `sql:${store}`, "-N", "--empty-password"]);
  if (authority !== undefined) {
    await run(tools.path("certutil"), ["-d", `sql:${store}`, "-A", "-t", "C,,", "-n", "installed", "-i", authority]);
  }
  const start = join(home, "browser");
  const command = `exec "${tools.path("ip")}" netns exec ${namespace} "${tools.path("chromium")}" "$@"`;
  await writeFile(start, `#!/bin/sh\n${command}\n`);
  await chmod(start, 0o755);
  const profile = join(home, "profile");
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: start,
    args: ARGUMENTS,
    env: { ...process.env, HOME: home },
    ...SCREENS.landscape,
    locale: "en-GB",
    reducedMotion: "reduce",
  });
  return {
    context,
    flags: () => commandLine(profile),
    close: async () => {
      await context.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function commandLine(profile: string): Promise<readonly string[]> {
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const line = await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "");
    const flags = line.split("\0");
    if (flags.includes(`--user-data-dir=${profile}`) && !line.includes("--type=")) return flags;
  }
  throw new Error("the browser does not run");
}
