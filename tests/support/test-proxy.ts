import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConfigInput } from "#proxy/config/config-schema.ts";
import { loadConfig } from "#proxy/config.ts";
import { createProxy, type ProxyOptions, type RunningProxy } from "#proxy/create-proxy.ts";
import type { AssetSource } from "#proxy/http/asset-source.ts";
import { assetOf } from "#proxy/http/static-table.ts";
import type { LogFields } from "#proxy/log.ts";

/** A proxy in this process, with a data folder of its own, on a free loopback port. */
export type TestProxy = RunningProxy & {
  readonly dataDir: string;
  readonly log: readonly { event: string; fields: LogFields }[];
  /** What the console of the proxy said. */
  readonly said: readonly string[];
  /** Stops it and starts another on the same data folder, with further configuration if given. */
  restart(config?: ConfigInput): Promise<TestProxy>;
  /** Stops it and removes the data folder. */
  stop(): Promise<void>;
};

export type TestProxyOptions = {
  /** Keys of the configuration file; limits that tests would run into are lifted unless given. */
  config?: ConfigInput;
  /** Loopback ports that may be dialled: loopback is denied unless a rule names the address. */
  ports?: readonly number[];
} & Pick<ProxyOptions, "demo" | "lookup" | "assets">;

const PAGE = assetOf("/index.html", Buffer.from("<!doctype html><title>test</title>"));
const SCRIPT = assetOf("/assets/index-0123abcd.js", Buffer.from("export {};".repeat(200)));
/** Enough of a built app to serve: one page, one hashed asset. */
export const TEST_ASSETS: AssetSource = {
  get: (path) =>
    path === "/" || path === "/index.html" ? PAGE : path === "/assets/index-0123abcd.js" ? SCRIPT : undefined,
};

const RELAXED = {
  dials_per_user_per_min: 1_000,
  dials_per_target_per_min: 1_000,
  connecting_per_user: 50,
  connecting_per_target: 50,
  login_failures: 100,
  pairings_per_min: 1_000,
  pairings_per_address_per_min: 1_000,
  upgrades_unknown_per_min: 1_000,
};

/** Starts a proxy for one test file. */
export async function startTestProxy(options: TestProxyOptions = {}): Promise<TestProxy> {
  const dataDir = await mkdtemp(join(tmpdir(), "rackside-proxy-"));
  return startOn(dataDir, options);
}

async function startOn(dataDir: string, options: TestProxyOptions): Promise<TestProxy> {
  const allow = (options.ports ?? []).map((port) => ({ cidr: "127.0.0.1/32", ports: [port] }));
  const file = {
    port: 0,
    ...options.config,
    allow: [...allow, ...(options.config?.allow ?? [])],
    limits: { ...RELAXED, ...options.config?.limits },
  };
  const path = join(dataDir, "config.json");
  await writeFile(path, JSON.stringify(file));
  const config = await loadConfig({ command: "start", json: true, dataDir, config: path }, {});
  const log: { event: string; fields: LogFields }[] = [];
  const said: string[] = [];
  const proxy = await createProxy({
    config,
    log: (_level, event, fields = {}) => void log.push({ event, fields }),
    say: (line) => void said.push(line),
    assets: options.assets ?? TEST_ASSETS,
    demo: options.demo,
    ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
  });
  const extra = {
    dataDir,
    log,
    said,
    restart: async (changed: ConfigInput = {}) => {
      await proxy.close();
      return startOn(dataDir, { ...options, config: { ...options.config, ...changed } });
    },
    stop: async () => {
      await proxy.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return Object.assign(Object.create(proxy), extra) as TestProxy;
}
