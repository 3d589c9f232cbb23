import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContextOptions } from "playwright";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { type RunningApp, startApp } from "#support/app.ts";
import { requireChromium, type ScreenName } from "#support/chromium.ts";
import { requireTools } from "#support/find-tools.ts";
import { requireOwnAccounts, type SshdOptions, startSshd, type TestSshServer } from "#support/sshd.ts";
import { type AppPage, launchBrowser, openPaired } from "./browser.ts";
import { BUSY } from "./busy-config.ts";
import { closeProfiles } from "./leftovers.ts";

/** `sshd`: the tests need OpenSSH's server as a device. */
type Needs = { sshd?: boolean };

type RigOptions = {
  /** A new proxy, with empty storage, for each test; or one for all of them. */
  app: "each test" | "all tests";
  args?: readonly string[];
  /** Of the proxy, beside the limits of a busy file; asked for when the device listens. */
  config?: () => Record<string, unknown>;
  device?: SshdOptions;
};

/** What browser tests stand on: filled before each test runs; asking earlier throws. */
export type Rig = {
  readonly app: RunningApp;
  readonly browser: Browser;
  /** The device, and that the proxy may reach it. */
  readonly sshd: TestSshServer;
  /** A fresh profile that is paired and shows the list of devices. */
  paired(screen?: ScreenName, options?: BrowserContextOptions): Promise<AppPage>;
  /** What the proxy has audited under this name, as written [S93]. */
  audited(event: string): Promise<Record<string, unknown>[]>;
};

type Parts = { app?: RunningApp; browser?: Browser; sshd?: TestSshServer };

function there<T>(part: T | undefined, name: string): T {
  if (part === undefined) throw new Error(`The rig has no ${name} here.`);
  return part;
}

/**
 * Looks for what the tests of a file need, once, with one line for what is missing. `ready` is for `describe.skipIf`;
 * `use` is called inside the describe and registers its hooks.
 */
export async function requireRig({ sshd = false }: Needs = {}) {
  const chromium = await requireChromium();
  const tools = sshd ? await requireTools("sshd", "ssh-keygen") : undefined;
  const ready = chromium !== undefined && (!sshd || (tools?.ok === true && requireOwnAccounts()));

  const use = ({ app: per, args = [], config = () => ({}), device = {} }: RigOptions): Rig => {
    const parts: Parts = {};
    const rig: Rig = {
      get app() {
        return there(parts.app, "app");
      },
      get browser() {
        return there(parts.browser, "browser");
      },
      get sshd() {
        return there(parts.sshd, "device");
      },
      audited: async (event) => {
        const lines = (await readFile(join(rig.app.dataDir, "audit/audit.jsonl"), "utf8")).trimEnd().split("\n");
        return lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter((one) => one.event === event);
      },
      paired: (screen, options) => openPaired(rig.browser, rig.app, screen, options),
    };
    const start = async (): Promise<void> => {
      const allow = sshd ? { allow: [{ cidr: "127.0.0.1/32", ports: [rig.sshd.port], label: "test server" }] } : {};
      parts.app = await startApp({ args: [...args], config: { limits: BUSY, ...allow, ...config() } });
    };
    const stop = async (): Promise<void> => {
      await parts.app?.close();
      delete parts.app;
    };
    beforeAll(async () => {
      if (tools?.ok === true) parts.sshd = await startSshd(tools, device);
      parts.browser = await launchBrowser(chromium ?? "");
      if (per === "all tests") await start();
    });
    if (per === "each test") beforeEach(start);
    afterEach(async (test) => {
      await closeProfiles(rig.browser, test, per === "all tests" ? rig.app : undefined);
      if (per === "each test") await stop();
    });
    afterAll(async () => {
      await stop();
      await parts.browser?.close();
      await parts.sshd?.stop();
    });
    return rig;
  };
  return { ready, use };
}
