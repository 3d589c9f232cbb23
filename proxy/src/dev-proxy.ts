/** Development: the proxy inside Vite's server, on the same port and origin. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { loadConfig } from "./config.ts";
import { addressText, pairingText } from "./console-output.ts";
import { createProxy } from "./create-proxy.ts";
import { loadDemoLab } from "./demo-loader.ts";
import { createLog } from "./log.ts";

type Handler = (req: IncomingMessage, res: ServerResponse, next: () => void) => void;

/** Attaches a proxy to the server and gives its requests to `use`, before Vite's own handlers. */
export async function mountDevProxy(server: Server, use: (handler: Handler) => void): Promise<void> {
  const config = await loadConfig({ command: "start", json: false }, process.env);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const demo = config.demo ? await loadDemoLab() : undefined;
  const proxy = await createProxy({ config, log: createLog({ ...config.log, level: "warn" }), say, demo, server });
  use((req, res, next) => {
    if (!proxy.handle(req, res)) next();
  });
  server.once("listening", () => {
    if (proxy.pairedClients > 0) say(addressText(proxy.url, proxy.pairedClients));
    else void proxy.newPairing().then((secret) => say(pairingText(proxy.url, secret)));
  });
  server.once("close", () => void proxy.close());
}
