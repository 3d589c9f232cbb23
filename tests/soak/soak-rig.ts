import { readdir, readFile } from "node:fs/promises";
import { type RunningApp, startApp } from "#support/app.ts";
import { requireTools } from "#support/find-tools.ts";
import { startSshd, type TestSshServer } from "#support/sshd.ts";
import { WirePage } from "#support/wire-client.ts";
import { type PairedClient, pairClient } from "#support/wire-pairing.ts";
import { listSessions } from "#support/wire-rig.ts";
import { collectable, type Held, settled } from "../bench/rig/process-memory.ts";

/** Above what the load opens: it is no attack. */
const LIMITS = {
  sessions_per_user: 200,
  connecting_per_user: 100,
  connecting_per_target: 100,
  dials_per_user_per_min: 10_000,
  dials_per_target_per_min: 10_000,
  links_per_client: 20,
  links_per_user: 200,
  upgrades_per_client_per_min: 100_000,
  pairings_per_min: 1_000,
  pairings_per_address_per_min: 1_000,
};

/** The built proxy in a process of its own with the demo lab, and OpenSSH. */
export type SoakRig = {
  readonly app: RunningApp;
  readonly server: TestSshServer;
  /** Sessions of the user, ended ones included. */
  sessions(): Promise<number>;
  openFiles(): Promise<number>;
  /** Resident memory now, in MiB. */
  residentMib(): Promise<number>;
  /** What is held once garbage is collected and nothing changes any more. */
  held(): Promise<Held>;
  nextAttempt(): number;
  close(): Promise<number | string | null>;
};

export async function startSoakRig(scratch: string): Promise<SoakRig> {
  const tools = await requireTools("sshd", "ssh-keygen");
  if (!tools.ok) throw new Error(tools.reason);
  const server = await startSshd(tools, { config: ["MaxStartups 500", "KbdInteractiveAuthentication no"] });
  const collected = `${scratch}/collected`;
  const allow = [{ cidr: "127.0.0.1/32", ports: [server.port] }];
  const config = { allow, limits: LIMITS, demo: true, log: { level: "info" } };
  const app = await startApp({ config, env: collectable(collected) });
  let attempt = Date.now();
  let watcher: PairedClient | undefined;
  const nextAttempt = () => {
    attempt = Math.max(attempt + 1, Date.now());
    return attempt;
  };
  return {
    app,
    server,
    sessions: async () => {
      watcher ??= await pairClient(await app.pairAgain(), "watcher");
      const page = await WirePage.open(watcher, { attempt: nextAttempt() });
      const { length } = await listSessions(page);
      await page.close();
      return length;
    },
    openFiles: async () => (await readdir(`/proc/${app.pid}/fd`)).length,
    residentMib: async () => {
      const text = await readFile(`/proc/${app.pid}/status`, "utf8");
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(text)?.[1] ?? Number.NaN) / 1_024;
    },
    held: () => settled(app.pid, collected),
    nextAttempt,
    close: async () => {
      const code = await app.stop("SIGINT");
      await app.close();
      await server.stop();
      return code;
    },
  };
}
