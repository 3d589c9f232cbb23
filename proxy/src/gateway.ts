/** What a socket must show before it is one: path, Host, Origin, cookie, rate; nothing exists before [S17] to [S19]. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { CLOSE } from "#protocol/close-codes.ts";
import { MAX_MESSAGE_BYTES } from "#protocol/limits.ts";
import { SUBPROTOCOL } from "#protocol/version.ts";
import type { Audit } from "./audit/audit.ts";
import type { LimitValues } from "./config/limits-schema.ts";
import { peerAddress } from "./http/peer-address.ts";
import { NO_SITE } from "./http/responses.ts";
import { securityHeaders } from "./http/security-headers.ts";
import { isSameSite, isServedOrigin, matchHost, type Site } from "./http/served-names.ts";
import { type HeaderTrust, type Provenance, provenance } from "./identity/trusted-headers.ts";
import type { Accepted } from "./links/link-desk.ts";
import type { Log } from "./log.ts";
import { rateKey } from "./rate-key.ts";
import { RateLimit } from "./rate-limit.ts";
import { readCookie } from "./sign-in/cookie.ts";
import type { SignIn } from "./sign-in/sign-in.ts";

/** Time to read why. */
const REFUSED_LINGER_MS = 1_000;
const LINK_PATH = /^\/s\/([a-z0-9][a-z0-9-]{0,31})\/v1$/;

export type GatewayOptions = {
  node: string;
  served: () => readonly Site[];
  signIn: SignIn;
  limits: LimitValues;
  trust: HeaderTrust;
  audit: Audit;
  log: Log;
  accepted: (accepted: Accepted) => void;
};

type Refusal = { status: number; reason: string; retryAfter?: number };
type Admission = Omit<Accepted, "socket"> | Refusal;

const STATUS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  421: "Misdirected Request",
  429: "Too Many Requests",
};

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #known: RateLimit;
  readonly #unknown: RateLimit;
  readonly #server: WebSocketServer;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#known = new RateLimit(options.limits.upgrades_per_client_per_min, options.limits.upgrades_per_client_burst);
    this.#unknown = new RateLimit(options.limits.upgrades_unknown_per_min, options.limits.upgrades_unknown_burst);
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      // A page of another version is let in to be told so: browsers show no reason of a refused upgrade [WP3].
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : ([...offered][0] ?? false)),
    });
  }

  /** Whether the path is the links'; others are not ours to answer. */
  static serves(req: IncomingMessage): boolean {
    return (req.url ?? "").startsWith("/s/");
  }

  /** True when the socket is a WebSocket from now on. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    // Until ws takes over, an unheard error would end the process.
    const onError = () => socket.destroy();
    socket.on("error", onError);
    const from = provenance(this.#options.trust, peerAddress(req), req.headers);
    const address = from.ok ? from.address : (peerAddress(req) ?? "unknown");
    const admission = from.ok ? this.#admit(req, from) : { status: 400, reason: from.code };
    if ("status" in admission) {
      this.#refuse(socket, admission, req, address);
      return false;
    }
    this.#server.handleUpgrade(req, socket, head, (ws) => {
      socket.off("error", onError);
      if (ws.protocol === SUBPROTOCOL) this.#options.accepted({ ...admission, socket: ws });
      else ws.close(CLOSE.version, "version");
    });
    return true;
  }

  #admit(req: IncomingMessage, { address, identity }: Extract<Provenance, { ok: true }>): Admission {
    const { served, signIn, node } = this.#options;
    const sites = served();
    const path = LINK_PATH.exec((req.url ?? "").split("?", 1)[0] ?? "");
    const here = matchHost(req.headers.host, sites);
    if (here === undefined) return { status: 421, reason: "host_unknown" };
    const { origin } = req.headers;
    const site = req.headers["sec-fetch-site"];
    if (origin === undefined || !isServedOrigin(origin, sites) || !isSameSite(Array.isArray(site) ? site[0] : site)) {
      return { status: 403, reason: "origin_denied" };
    }
    if (path === null || (path[1] !== "any" && path[1] !== node)) return { status: 404, reason: "not_found" };
    if (req.headers["sec-websocket-protocol"] === undefined) return { status: 400, reason: "subprotocol" };
    const cookie = readCookie(req.headers.cookie, here.scheme);
    const who = signIn.admit(cookie, identity);
    const wait = who.ok ? this.#known.take(who.client.client_id) : this.#unknown.take(rateKey(address));
    if (wait > 0) return { status: 429, reason: "rate", retryAfter: wait };
    if (!who.ok) return { status: 401, reason: who.reason };
    return { client: who.client, identity: who.identity, cookie, origin, address };
  }

  #refuse(socket: Duplex, { status, reason, retryAfter }: Refusal, req: IncomingMessage, addr: string): void {
    const { log, audit } = this.#options;
    const origin = (req.headers.origin ?? "").slice(0, 100);
    log("warn", "link.refused", { reason, origin, addr });
    audit.write({ event: "link.refused", outcome: "refused", reason, origin, addr });
    const body = JSON.stringify({ reason });
    const head = [
      `HTTP/1.1 ${status} ${STATUS[status] ?? ""}`,
      ...Object.entries(securityHeaders(NO_SITE)).map(([name, value]) => `${name}: ${value}`),
      "Connection: close",
      "Content-Type: application/json",
      "Cache-Control: no-store",
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`]),
    ];
    socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
    // One who was refused gets no say in how long the connection stays.
    const late = setTimeout(() => socket.destroy(), REFUSED_LINGER_MS);
    socket.once("close", () => clearTimeout(late));
  }
}
