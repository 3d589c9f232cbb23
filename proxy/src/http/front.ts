/** The proxy's ends towards browsers: servers with or without TLS, the sites they serve, their limits [S17] [S28] [S30]. */
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import { contains, parseAddress } from "../policy/address.ts";
import { CertificateKeeper } from "../tls/certificate-keeper.ts";
import { capConnections } from "./connection-cap.ts";
import { listenOn } from "./listeners.ts";
import { answerMalformed } from "./malformed.ts";
import { sendJson } from "./responses.ts";
import { originOf, type Site, servedSites, siteOf } from "./served-names.ts";
import { bracketed, shownNames, wantedNames } from "./wanted-names.ts";

type Server = HttpServer | HttpsServer;
export type FrontHandlers = {
  request(req: IncomingMessage, res: ServerResponse): void;
  /** True when the socket is a WebSocket from now on. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean;
};

/** How often a server looks for requests that take too long. */
const LOOK_EVERY_MS = 1_000;
/** Longest that a request may take to arrive in full, and a connection may stand still. */
const REQUEST_MS = 30_000;

export type Front = {
  readonly port: number;
  /** Where browsers are sent to. */
  readonly url: string;
  /** Every address of the app, the one of `url` first. */
  readonly urls: readonly string[];
  sites(): readonly Site[];
  /** Undefined without TLS. */
  readonly keeper: CertificateKeeper | undefined;
  listen(handlers: FrontHandlers): Promise<void>;
  close(): Promise<void>;
};

/** Makes the servers of a configuration; nothing listens yet. Throws StartupError for certificates that cannot be used. */
export async function openFront(config: Config, log: Log): Promise<Front> {
  const { limits, lan, tls, dataDir } = config;
  const names = wantedNames(config);
  const keeper =
    lan || tls !== undefined ? await CertificateKeeper.open({ dataDir, files: tls, names, log }) : undefined;
  const make = (): Server => {
    const options = {
      maxHeaderSize: limits.http_header_bytes,
      headersTimeout: limits.http_header_s * 1_000,
      requestTimeout: Math.max(REQUEST_MS, limits.http_header_s * 1_000),
      connectionsCheckingInterval: LOOK_EVERY_MS,
    };
    if (keeper === undefined) return createServer(options);
    const { cert, key } = keeper.credentials;
    const handshakeTimeout = limits.http_header_s * 1_000;
    return createTlsServer({ ...options, cert, key, minVersion: "TLSv1.2", handshakeTimeout });
  };
  // The other loopback address has a server of its own, with the same handlers.
  const servers = [make(), make()] as const;
  const [first, second] = servers;
  for (const server of servers) {
    server.timeout = REQUEST_MS;
    answerMalformed(server);
  }
  keeper?.onChange(({ cert, key }) => {
    for (const server of servers)
      if ("setSecureContext" in server) server.setSecureContext({ cert, key, minVersion: "TLSv1.2" });
  });
  const isProxy = (peer: string) => {
    const address = parseAddress(peer);
    return address !== undefined && config.trust.proxies.some((cidr) => contains(cidr, address));
  };
  const cap = capConnections(servers, limits, isProxy);
  const port = () => (first.address() as AddressInfo | null)?.port ?? config.port;
  const scheme = keeper === undefined ? "http" : "https";
  const sites = () => servedSites(scheme, port(), config.serve_as, (keeper?.names ?? []).map(bracketed));
  const urls = () => {
    return shownNames(config, keeper?.names ?? []).map((name) => originOf(siteOf(scheme, bracketed(name), port())));
  };
  return {
    get port() {
      return port();
    },
    get url() {
      return urls()[0] ?? originOf(siteOf(scheme, "localhost", port()));
    },
    get urls() {
      return urls();
    },
    sites,
    keeper,
    listen: async (handlers) => {
      for (const server of servers) {
        server.on("request", (req: IncomingMessage, res: ServerResponse) => {
          // Said before anything reads it, on every path.
          if (Number(req.headers["content-length"] ?? 0) <= limits.http_body_bytes) handlers.request(req, res);
          else sendJson(res, undefined, 413, { code: "invalid" }, { Connection: "close" });
        });
        server.on("upgrade", (req: IncomingMessage, socket: Duplex, head: Buffer) => {
          if (handlers.upgrade(req, socket, head)) cap.upgraded(req.socket);
        });
      }
      await listenOn(first, second, config.host, config.port);
      keeper?.watch();
    },
    close: async () => {
      await keeper?.close();
      await Promise.all(servers.map((server) => stop(server, () => cap.end())));
    },
  };
}

/** How long open connections may take to finish. */
const STOP_MS = 1_000;

function stop(server: Server, end: () => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.closeAllConnections();
      end();
    }, STOP_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
