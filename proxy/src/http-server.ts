/** One port for everything: host check, origin check, API, health, the built app [S17] [S18] [S79]. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Audit } from "./audit/audit.ts";
import type { Api } from "./http/api.ts";
import type { AssetSource } from "./http/asset-source.ts";
import { peerAddress } from "./http/peer-address.ts";
import { sendAsset, sendJson, sendText } from "./http/responses.ts";
import { isSameSite, isServedOrigin, matchHost, type Site } from "./http/served-names.ts";
import { type HeaderTrust, provenance } from "./identity/trusted-headers.ts";
import type { Log } from "./log.ts";
import { readCookie } from "./sign-in/cookie.ts";
import type { SignIn } from "./sign-in/sign-in.ts";

export type HttpOptions = {
  api: Api;
  /** Undefined: someone else serves the app, and unknown paths are theirs. */
  assets: AssetSource | undefined;
  served: () => readonly Site[];
  trust: HeaderTrust;
  signIn: SignIn;
  audit: Audit;
  log: Log;
};

/** Handles a request; false when it is not for the proxy and the caller's own handling goes on. */
export type HttpHandler = (req: IncomingMessage, res: ServerResponse) => boolean;

const OWN_PATH = /^\/(api\/|healthz$|s\/)/;

export function createHttpHandler(options: HttpOptions): HttpHandler {
  return (req, res) => {
    const path = pathOf(req);
    if (options.assets === undefined && !OWN_PATH.test(path)) return false;
    handle(options, path, req, res).catch((error: unknown) => {
      // An exception while handling one request ends only that one [S27].
      options.log("error", "http.failed", { path, error: error instanceof Error ? error.message : "unknown" });
      if (!res.headersSent) sendJson(res, undefined, 500, { code: "internal" });
      else res.destroy();
    });
    return true;
  };
}

function pathOf(req: IncomingMessage): string {
  return (req.url ?? "/").split(/[?#]/, 1)[0] ?? "/";
}

async function handle(options: HttpOptions, path: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { api, assets, log, trust, signIn, audit } = options;
  const served = options.served();
  const site = matchHost(req.headers.host, served);
  const addr = peerAddress(req);
  const origin = (req.headers.origin ?? "").slice(0, 100);
  const refused = (reason: string) =>
    audit.write({ event: "link.refused", outcome: "refused", reason, addr, ...(origin === "" ? {} : { origin }) });
  if (site === undefined) {
    log("warn", "http.host_unknown", { host: (req.headers.host ?? "").slice(0, 100) });
    refused("host_unknown");
    return sendJson(res, undefined, 421, { code: "host_unknown" }, { Connection: "close" });
  }
  const from = provenance(trust, addr, req.headers);
  if (!from.ok) {
    log("warn", "http.identity_untrusted", { addr });
    refused(from.code);
    return sendJson(res, site, 400, { code: from.code }, { Connection: "close" });
  }
  const reads = req.method === "GET" || req.method === "HEAD";
  if (!reads && (!isServedOrigin(req.headers.origin, served) || !isSameSite(headerOf(req, "sec-fetch-site")))) {
    log("warn", "http.origin_denied", { origin });
    refused("origin_denied");
    return sendJson(res, site, 403, { code: "origin_denied" }, { Connection: "close" });
  }
  // A request in another user's name ends what this client has open, whatever it asks for [S14].
  const cookie = readCookie(req.headers.cookie, site.scheme);
  const who = signIn.admit(cookie, from.identity);
  if (path === "/healthz" && reads) return sendText(res, site, 200, "ok");
  if (path.startsWith("/api/")) {
    const { address, identity } = from;
    return api.handle(path, { req, res, site, address, who, cookie, identity });
  }
  const asset = reads ? assets?.get(path) : undefined;
  if (asset !== undefined) return sendAsset(req, res, site, asset);
  return sendText(res, site, reads ? 404 : 405, reads ? "not found" : "method not allowed");
}

function headerOf(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
