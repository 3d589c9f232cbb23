#!/usr/bin/env node
/** Entry point: `rackside [start]`, `rackside tls` and the commands of the console. */
import { fileURLToPath } from "node:url";
import { type CliArgs, HELP, readArgs } from "./config/cli-args.ts";
import { type Config, loadConfig } from "./config.ts";
import { consoleCommand } from "./console/console-commands.ts";
import { addressText, lanText, pairingText } from "./console-output.ts";
import { createProxy, VERSION } from "./create-proxy.ts";
import { loadDemoLab } from "./demo-loader.ts";
import { loadStaticTable } from "./http/static-table.ts";
import { createLog, type Log } from "./log.ts";
import { removeRuntime, writeRuntime } from "./runtime-file.ts";
import { leaveOnSignals } from "./shutdown.ts";
import { StartupError } from "./startup-error.ts";
import { tlsArgs, tlsCommand } from "./tls/tls-command.ts";

/** The built app, beside the built proxy. */
const APP_DIR = fileURLToPath(new URL("../web", import.meta.url));

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function start(args: CliArgs, config: Config, log: Log): Promise<void> {
  const assets = await loadStaticTable(APP_DIR);
  const lab = config.demo ? await loadDemoLab() : undefined;
  const say = args.json ? () => {} : print;
  const proxy = await createProxy({ config, log, say, assets, demo: lab });
  await writeRuntime(config.dataDir, proxy.url);
  leaveOnSignals(
    {
      drain: (deadline_s) => proxy.drain(deadline_s),
      idle: () => proxy.liveSessions === 0,
      close: async () => {
        await proxy.close();
        await removeRuntime(config.dataDir);
      },
    },
    config.drain_s,
    log,
    (code) => process.exit(code),
  );
  log("info", "started", { url: proxy.url, demo: lab !== undefined });
  if (args.json) {
    print(JSON.stringify({ url: proxy.url, pair_url: await proxy.pairUrl(), demo: lab !== undefined }));
  } else if (proxy.pairedClients > 0) print(addressText(proxy.url, proxy.pairedClients));
  else
    print(
      `\nRackside is at ${proxy.url}\n${pairingText(proxy.url, await proxy.newPairing(), config.limits.pairing_s)}`,
    );
  if (!args.json && (config.lan || config.tls !== undefined)) print(lanText(proxy.urls, config.tls === undefined));
}

async function main(): Promise<void> {
  const args = readArgs(process.argv.slice(2));
  if (args.command === "help") {
    process.stdout.write(HELP);
    return;
  }
  if (args.command === "version") {
    print(`rackside ${VERSION}`);
    return;
  }
  if (args.command === "tls") {
    await tlsCommand(args, await loadConfig(tlsArgs(args), process.env), print);
    return;
  }
  const config = await loadConfig(args, process.env);
  if (!(await consoleCommand(args, config, print))) await start(args, config, createLog(config.log));
}

main().catch((error: unknown) => {
  const known = error instanceof StartupError;
  process.stderr.write(
    `rackside: ${known ? error.message : error instanceof Error ? (error.stack ?? "") : String(error)}\n`,
  );
  process.exitCode = 1;
});
