/** `rackside pair`, `clients`, `revoke`, `disable`, `enable`, `allow-changes`: for the proxy's OS user [S6] [S11] [S16]. */

import { ensureStateDir } from "../atomic-file.ts";
import { AuditLog } from "../audit/audit-log.ts";
import type { CliArgs } from "../config/cli-args.ts";
import type { Config } from "../config.ts";
import { clientsText, pairingText, pairUrl } from "../console-output.ts";
import { FRESH_PROOF_MS } from "../identity/identity.ts";
import { createLog } from "../log.ts";
import { findRunning, readRuntime } from "../runtime-file.ts";
import { keyFingerprint } from "../sign-in/client-key.ts";
import { ClientStore } from "../sign-in/client-store.ts";
import { PairingStore } from "../sign-in/pairing-store.ts";
import { SignIn } from "../sign-in/sign-in.ts";
import { StartupError } from "../startup-error.ts";
import { askRunningProxy, type ConsoleRequest } from "./console-inbox.ts";
import { runConsoleRequest } from "./console-requests.ts";

type Print = (text: string) => void;

/** Runs one of these commands; false when it is another one. Throws StartupError for what cannot be done. */
export async function consoleCommand(args: CliArgs, config: Config, print: Print): Promise<boolean> {
  switch (args.command) {
    case "pair":
      await pair(args, config, print);
      return true;
    case "clients":
      await clients(args, config, print);
      return true;
    case "revoke":
      await revoke(args, config, print);
      return true;
    case "disable":
    case "enable": {
      const user = args.operand ?? "";
      await ask(config, { kind: args.command, user });
      print(args.command === "disable" ? `Disabled: ${user}. All clients were revoked.` : `Enabled: ${user}.`);
      return true;
    }
    case "allow-changes":
      await allowChanges(config, print);
      return true;
    default:
      return false;
  }
}

/** Works on the data folder alone, also with no proxy running: the answer to a lost link [S6]. */
async function pair(args: CliArgs, config: Config, print: Print): Promise<void> {
  await ensureStateDir(config.dataDir);
  const secret = await (await PairingStore.open(config.dataDir)).create({ lifeMs: config.limits.pairing_s * 1_000 });
  const running = await readRuntime(config.dataDir);
  const url = running ?? `http://localhost:${config.port}`;
  if (args.json) print(JSON.stringify({ url, pair_url: pairUrl(url, secret), demo: config.demo }));
  else {
    if (running === undefined) print("No proxy runs on this data folder at the moment; the link works once it does.");
    print(pairingText(url, secret, config.limits.pairing_s));
  }
  await ask(config, { kind: "paired" });
}

async function clients(args: CliArgs, config: Config, print: Print): Promise<void> {
  const list = (await ClientStore.open(config.dataDir)).list();
  if (!args.json) {
    print(clientsText(list));
    return;
  }
  const shown = list.map(({ client_id, label, user, paired, last_seen, last_addr, public_key }) => {
    return { client_id, label, user, paired, last_seen, last_addr, key: keyFingerprint(public_key) };
  });
  print(JSON.stringify(shown));
}

async function revoke(args: CliArgs, config: Config, print: Print): Promise<void> {
  const name = args.operand ?? "";
  const store = await ClientStore.open(config.dataDir);
  const all = store.list();
  const byId = all.filter(({ client_id }) => client_id === name);
  const found = byId.length > 0 ? byId : all.filter(({ label }) => label === name);
  const [client, other] = found;
  if (client === undefined) throw new StartupError(`no paired client is called "${name}". See rackside clients.`);
  if (other !== undefined) {
    throw new StartupError(`${found.length} clients are called "${name}"; name one by its id:\n${clientsText(found)}`);
  }
  const { client_id } = client;
  const done = await ask(config, { kind: "revoke", client_id, end_sessions: args.endSessions === true });
  print(done ? `Revoked: "${client.label}" (${client_id}).` : `It was not there any more: "${client.label}".`);
}

async function allowChanges(config: Config, print: Print): Promise<void> {
  if ((await readRuntime(config.dataDir)) === undefined) throw new StartupError("no proxy runs on this data folder");
  await ask(config, { kind: "allow_changes" });
  print(`For ${FRESH_PROOF_MS / 60_000} minutes, paired clients may change the target policy.`);
}

/** By the proxy that runs, which alone writes its files; without one, here. Whether it was done. */
async function ask(config: Config, request: ConsoleRequest): Promise<boolean> {
  const { state } = await findRunning(config.dataDir);
  if (state !== "none") {
    // One in another container that does not answer was killed there, or stands still: then it finds the request later.
    const answer = await askRunningProxy(config.dataDir, request, { leave: state === "elsewhere" });
    if (answer !== undefined) return answer.done;
    if (state === "here") {
      throw new StartupError(
        "the proxy that runs on this data folder does not answer; nothing is known to have changed",
      );
    }
  }
  await ensureStateDir(config.dataDir);
  // What was done is said in words; only trouble is worth a line of the log.
  const log = createLog({ ...config.log, level: "warn" });
  const audit = await AuditLog.open({ ...config.audit, dataDir: config.dataDir, log });
  const signIn = new SignIn({
    clients: await ClientStore.open(config.dataDir),
    pairings: await PairingStore.open(config.dataDir),
    log,
    audit,
    limits: config.limits,
    byHeader: config.trust.identity !== undefined,
    say: () => {},
  });
  const { done } = await runConsoleRequest(signIn, audit, request);
  await audit.close();
  return done;
}
