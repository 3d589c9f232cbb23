/** Puts the parts of the proxy together: one listener, or the one of somebody else (Vite in development). */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { linkFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import { AGENT_FEATURE } from "#protocol/features.ts";
import { ensureStateDir } from "./atomic-file.ts";
import type { Audit } from "./audit/audit.ts";
import { AuditLog } from "./audit/audit-log.ts";
import { noteConfig } from "./audit/config-stamp.ts";
import { type Config, readPolicy } from "./config.ts";
import { ConsoleInbox } from "./console/console-inbox.ts";
import { runConsoleRequest } from "./console/console-requests.ts";
import { pairUrl } from "./console-output.ts";
import { DemoDevices, type DemoLab } from "./demo-devices.ts";
import { Gateway } from "./gateway.ts";
import { Api } from "./http/api.ts";
import type { AssetSource } from "./http/asset-source.ts";
import { openFront } from "./http/front.ts";
import { servedSites } from "./http/served-names.ts";
import { createHttpHandler } from "./http-server.ts";
import { OWNER } from "./identity/identity.ts";
import { Greeting } from "./links/greeting.ts";
import { LinkCommands } from "./links/link-commands.ts";
import { LinkDesk } from "./links/link-desk.ts";
import { LinkTable } from "./links/link-table.ts";
import type { Log } from "./log.ts";
import { PolicyStore } from "./policy/policy-store.ts";
import { random128 } from "./random.ts";
import { SessionRegistry } from "./session-registry.ts";
import { KeyReplacements } from "./sessions/key-replacements.ts";
import { type Lookup, systemLookup } from "./sessions/resolve-target.ts";
import { SessionTrail } from "./sessions/session-trail.ts";
import { ClientStore } from "./sign-in/client-store.ts";
import type { PairingSecret } from "./sign-in/pairing.ts";
import { PairingStore } from "./sign-in/pairing-store.ts";
import { SignIn } from "./sign-in/sign-in.ts";
import { KnownHosts } from "./ssh/known-hosts.ts";
import { tlsFacts } from "./tls/certificate-facts.ts";
import { UiStates } from "./ui-states.ts";

export const VERSION = "0.1.0";

export type ProxyOptions = {
  config: Config;
  log: Log;
  /** Prints on the proxy's own console [S10]. */
  say?: (line: string) => void;
  /** The built app; undefined: someone else serves it. */
  assets?: AssetSource | undefined;
  demo?: DemoLab | undefined;
  /** An existing HTTP server to attach to; its owner passes requests to handle() and closes it. */
  server?: Server | undefined;
  /** Name resolution; the system's by default. */
  lookup?: Lookup;
  /** Where events are audited; a file of the data folder by default. */
  audit?: Audit;
};

export type RunningProxy = {
  readonly port: number;
  readonly url: string;
  /** Every address of the app, `url` first. */
  readonly urls: readonly string[];
  readonly pairedClients: number;
  /** Sessions that are held now. */
  readonly sessions: number;
  /** Those among them that have not ended: what a drain waits for. */
  readonly liveSessions: number;
  /** A new pairing secret [S6]. */
  newPairing(): Promise<PairingSecret>;
  /** A new pairing link. */
  pairUrl(): Promise<string>;
  /** For an attached proxy: true when the request was the proxy's and is being answered. */
  handle(req: IncomingMessage, res: ServerResponse): boolean;
  /** Refuses new connects and tells every page when the proxy leaves [WP36]. */
  drain(deadline_s: number): void;
  close(): Promise<void>;
};

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Starts a proxy; throws StartupError for what a person must mend. */
export async function createProxy(options: ProxyOptions): Promise<RunningProxy> {
  const { config, log } = options;
  await ensureStateDir(config.dataDir);
  const say = options.say ?? (() => {});
  const [clients, pairings, knownHosts] = await Promise.all([
    ClientStore.open(config.dataDir),
    PairingStore.open(config.dataDir),
    KnownHosts.load(
      `${config.dataDir}/known_hosts`,
      (text) => log("warn", "known_hosts.notice", { text }),
      config.host_keys.import,
    ),
  ]);
  const { limits, trust } = config;
  const audit =
    options.audit ??
    (await AuditLog.open({
      ...config.audit,
      ...(config.audit.stdout ? { copy: print } : {}),
      dataDir: config.dataDir,
      log,
    }));
  const { dataDir, path, policy: initial } = config;
  await noteConfig(dataDir, { ...config, dataDir: undefined, path: undefined }, audit);
  const read = (from: string) => readPolicy(from, config);
  const policy = await PolicyStore.open({ dataDir, path, read, initial, audit, log });
  policy.watch();
  const replacements = new KeyReplacements();
  const ownPorts = () => [port()];
  const byHeader = trust.identity !== undefined;
  const signIn = new SignIn({ clients, pairings, log, say, audit, limits, byHeader });
  const inbox = await ConsoleInbox.open(config.dataDir, (request) => runConsoleRequest(signIn, audit, request));
  const demo = new DemoDevices(options.demo);
  const uiStates = new UiStates(config.dataDir, demo.records, limits);
  // A damaged file of the one user stops the start, not the first link.
  await uiStates.of(OWNER);
  const links = new LinkTable();
  const agentSocket = config.agent.enabled ? (config.agent.socket ?? process.env.SSH_AUTH_SOCK) : undefined;
  const registry = new SessionRegistry({
    node: config.node,
    policy,
    ownPorts,
    agentSocket,
    replacements,
    knownHosts,
    firstUse: config.host_keys.first_use,
    demo,
    links,
    limits,
    lookup: options.lookup ?? systemLookup,
    audit,
    trail: new SessionTrail(audit),
    log,
  });
  const proxyState = () => linkFrame("proxy_state", { audit: audit.failing ? "failing" : "ok" });
  audit.onState(() => {
    for (const link of links.all()) link.send(proxyState());
  });
  let goingAway: (() => Down) | undefined;
  const greeting = new Greeting({
    bootId: random128(),
    node: config.node,
    version: VERSION,
    features: agentSocket === undefined ? [] : [AGENT_FEATURE],
    limits,
    links,
    registry,
    // A page that comes back during a drain hears of it too [WP36], and of an audit log that cannot be written [S94].
    shared: async (link) => [
      ...(await uiStates.welcome(link)),
      ...(goingAway === undefined ? [] : [goingAway()]),
      ...(audit.failing ? [proxyState()] : []),
    ],
  });
  const commands = new LinkCommands(
    registry,
    links,
    (link) => uiStates.stateOf(link),
    { signIn, audit, pairingS: limits.pairing_s, log },
    { policy, replacements, ownPorts, freshProofs: signIn.proofs },
  );

  const { server } = options;
  if (server !== undefined) server.headersTimeout = config.limits.http_header_s * 1_000;
  const front = server === undefined ? await openFront(config, log) : undefined;
  const port = () => front?.port ?? (server?.address() as AddressInfo | null | undefined)?.port ?? config.port;
  const served = () => front?.sites() ?? servedSites("http", port(), config.serve_as);
  const handler = createHttpHandler({
    api: new Api(signIn, limits, () => tlsFacts(front?.keeper?.state, new Date())),
    assets: options.assets,
    served,
    trust,
    signIn,
    audit,
    log,
  });

  const desk = new LinkDesk({ signIn, greeting, commands, links, registry, uiStates, limits, audit, log });
  const gateway = new Gateway({
    node: config.node,
    served,
    signIn,
    limits,
    trust,
    audit,
    log,
    accepted: (accepted) => desk.accept(accepted),
  });

  const onUpgrade = (req: IncomingMessage, socket: Duplex, head: Buffer): boolean => {
    if (Gateway.serves(req)) return gateway.upgrade(req, socket, head);
    // In development Vite's own socket is on the same server.
    if (front !== undefined) socket.destroy();
    return false;
  };
  server?.on("upgrade", onUpgrade);
  await front?.listen({
    request: (req, res) => {
      if (!handler(req, res)) res.writeHead(404).end();
    },
    upgrade: onUpgrade,
  });

  const urls = () => front?.urls ?? [`http://localhost:${port()}`];
  const url = () => urls()[0] ?? `http://localhost:${port()}`;
  return {
    get port() {
      return port();
    },
    get url() {
      return url();
    },
    get urls() {
      return urls();
    },
    get pairedClients() {
      return signIn.pairedClients;
    },
    get sessions() {
      return registry.size;
    },
    get liveSessions() {
      return registry.live;
    },
    newPairing: () => signIn.newPairing(),
    pairUrl: async () => pairUrl(url(), await signIn.newPairing()),
    handle: handler,
    drain: (deadline_s) => {
      registry.drain();
      const until = Date.now() + deadline_s * 1_000;
      goingAway = () => linkFrame("going_away", { deadline_s: Math.max(0, Math.ceil((until - Date.now()) / 1_000)) });
      for (const link of links.all()) link.send(goingAway());
    },
    close: async () => {
      desk.closeAll();
      registry.close();
      policy.close();
      server?.off("upgrade", onUpgrade);
      await demo.close();
      await front?.close();
      await inbox.close();
      await audit.close();
    },
  };
}
