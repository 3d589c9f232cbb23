import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { askRunningProxy } from "#proxy/console/console-inbox.ts";
import { OWNER } from "#proxy/identity/identity.ts";

/** What `npm run build` makes; RACKSIDE_BUILD names another folder, for a build that others do not replace meanwhile. */
export const BUILD = resolve(process.env.RACKSIDE_BUILD ?? join(import.meta.dirname, "../../dist"));

/** What `--json` prints when the proxy is ready. */
type Ready = { url: string; pair_url: string; demo: boolean };

/** The built product, running as a user runs it: one process, one port. */
export type RunningApp = {
  readonly url: string;
  readonly pairUrl: string;
  readonly pid: number;
  readonly dataDir: string;
  /** What the proxy wrote to its log since it was started last. */
  log(): string;
  /** Ends the process and waits for it; resolves to its exit code or signal. */
  stop(signal?: NodeJS.Signals): Promise<number | string | null>;
  /** The same data folder, port and options in a new process; the old one is ended with `signal` if it still runs. */
  restart(signal?: NodeJS.Signals): Promise<void>;
  /** Revokes every client and ends their sessions: the next test's person finds none of them "running elsewhere". */
  forget(): Promise<void>;
  /** A pairing link made as the proxy's OS user would: another browser. */
  pairAgain(): Promise<string>;
  /** Stops and removes the data folder. */
  close(): Promise<void>;
};

type Options = {
  args?: readonly string[];
  config?: Record<string, unknown>;
  env?: Record<string, string>;
  /** A build of its own, instead of the one that everybody uses. */
  build?: string;
};
type Launched = { child: ChildProcess; ready: Ready; log: () => string };

async function launch(build: string, args: readonly string[], env: Record<string, string>): Promise<Launched> {
  const child = spawn(process.execPath, [join(build, "proxy/main.js"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => {
    log += chunk.toString();
  });
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, "line"), once(child, "exit").then(() => undefined)]);
  if (first === undefined) throw new Error(`the proxy did not start: ${log}`);
  return { child, ready: JSON.parse(String(first[0])) as Ready, log: () => log };
}

/** Starts the built proxy on a free port with a data folder of its own. */
export async function startApp({ args = [], config, env = {}, build = BUILD }: Options = {}): Promise<RunningApp> {
  const dataDir = await mkdtemp(join(tmpdir(), "rackside-app-"));
  const base = ["--data-dir", dataDir, "--json"];
  if (config) {
    const file = join(dataDir, "test-config.json");
    await writeFile(file, JSON.stringify(config), { mode: 0o600 });
    base.push("--config", file);
  }
  let running = await launch(build, [...base, "--port", "0", ...args], env).catch(async (error: unknown) => {
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  });
  const port = new URL(running.ready.url).port;

  const stop = async (signal: NodeJS.Signals = "SIGINT") => {
    const { child } = running;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? child.signalCode;
    const gone = once(child, "exit");
    child.kill(signal);
    const [code, by] = (await gone) as [number | null, string | null];
    return code ?? by;
  };
  return {
    get url() {
      return running.ready.url;
    },
    get pairUrl() {
      return running.ready.pair_url;
    },
    get pid() {
      return running.child.pid ?? -1;
    },
    dataDir,
    log: () => running.log(),
    stop,
    async restart(signal) {
      await stop(signal);
      running = await launch(build, [...base, "--port", port, ...args], env);
    },
    async forget() {
      for (const kind of ["disable", "enable"] as const) {
        const answer = await askRunningProxy(dataDir, { kind, user: OWNER });
        if (answer?.done !== true) throw new Error(`the proxy did not ${kind} its owner: ${running.log()}`);
      }
    },
    async pairAgain() {
      const { child, ready } = await launch(build, ["pair", "--data-dir", dataDir, "--json"], env);
      if (child.exitCode === null) await once(child, "exit");
      return ready.pair_url;
    },
    async close() {
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
