/** A second listener, for 10 minutes, that hands out the CA certificate and how to trust it, and nothing else [S32]. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { HTTP_HEADER_MAX_BYTES, HTTP_HEADER_TIMEOUT_MS } from "#protocol/limits.ts";
import type { LimitValues } from "../config/limits-schema.ts";
import { capConnections } from "../http/connection-cap.ts";
import { listenOrElse } from "../http/listeners.ts";
import { matchHost, type Site, siteOf } from "../http/served-names.ts";
import { bracketed } from "../http/wanted-names.ts";
import { StartupError } from "../startup-error.ts";
import { CERTIFICATE_PATH, type EnrollFacts, enrollPage } from "./enroll-page.ts";

/** Port of enrolment, beside the app's. */
export const ENROLL_PORT = 7023;
/** Long enough to walk to each tablet of a site, short enough to be forgotten. */
export const ENROLL_MS = 10 * 60_000;

export type EnrollOptions = {
  host: string;
  port: number;
  /** Names and addresses under which it may be asked for. */
  names: () => readonly string[];
  /** PEM. */
  certificate: string;
  facts: EnrollFacts;
  limits: Pick<LimitValues, "plain_connections" | "plain_connections_per_address">;
  ms?: number;
};

export type Enrollment = {
  readonly port: number;
  /** Settles when the time is over or close() was called. */
  readonly ended: Promise<void>;
  close(): void;
};

const HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
} as const;

/** Begins at once. Throws StartupError when it cannot listen. */
export async function startEnrollment(options: EnrollOptions): Promise<Enrollment> {
  const page = { type: "text/html; charset=utf-8", body: enrollPage(options.facts) };
  const certificate = { type: "application/x-x509-ca-cert", body: options.certificate };
  const server = createServer({
    maxHeaderSize: HTTP_HEADER_MAX_BYTES,
    headersTimeout: HTTP_HEADER_TIMEOUT_MS,
    requestTimeout: HTTP_HEADER_TIMEOUT_MS,
    connectionsCheckingInterval: 1_000,
  });
  server.timeout = HTTP_HEADER_TIMEOUT_MS;
  capConnections([server], options.limits);
  const port = () => (server.address() as AddressInfo | null)?.port ?? options.port;
  const sites = (): readonly Site[] => options.names().map((name) => siteOf("http", bracketed(name), port()));
  server.on("request", (req, res) => {
    if (matchHost(req.headers.host, sites()) === undefined) return send(res, 421, "text/plain", "unknown host\n");
    if (req.method !== "GET" && req.method !== "HEAD") return send(res, 405, "text/plain", "method not allowed\n");
    const path = pathOf(req);
    const file = path === "/" ? page : path === CERTIFICATE_PATH ? certificate : undefined;
    if (file === undefined) return send(res, 404, "text/plain", "not found\n");
    return send(res, 200, file.type, file.body);
  });
  const problem = await listenOrElse(server, options.host, options.port);
  if (problem !== undefined) {
    throw new StartupError(
      `tls enroll: cannot listen on port ${options.port} (${problem.code}). Choose another: --port`,
    );
  }
  const ended = new Promise<void>((resolve) => server.once("close", () => resolve()));
  const close = () => {
    clearTimeout(timer);
    server.close();
    server.closeAllConnections();
  };
  const timer = setTimeout(close, options.ms ?? ENROLL_MS);
  return { port: port(), ended, close };
}

function pathOf(req: IncomingMessage): string {
  return (req.url ?? "/").split(/[?#]/, 1)[0] ?? "/";
}

function send(res: ServerResponse, status: number, type: string, body: string): void {
  const headers = { ...HEADERS, "Content-Type": type, "Content-Length": Buffer.byteLength(body), Connection: "close" };
  res.writeHead(status, headers);
  res.end(res.req.method === "HEAD" ? undefined : body);
}
