import type { IncomingMessage, ServerResponse } from "node:http";
import type { Asset } from "./asset-source.ts";
import { securityHeaders } from "./security-headers.ts";
import type { Site } from "./served-names.ts";

/** Site in the policy of answers to a host that is not ours: none that a page could reach. */
export const NO_SITE: Site = { scheme: "https", host: "localhost" };

export function sendJson(
  res: ServerResponse,
  site: Site | undefined,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = JSON.stringify(body);
  res.writeHead(status, {
    ...securityHeaders(site ?? NO_SITE),
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": Buffer.byteLength(text),
    "Cache-Control": "no-store",
    ...headers,
  });
  res.end(res.req.method === "HEAD" ? undefined : text);
}

export function sendText(res: ServerResponse, site: Site | undefined, status: number, text: string): void {
  res.writeHead(status, {
    ...securityHeaders(site ?? NO_SITE),
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": Buffer.byteLength(text),
    "Cache-Control": "no-store",
  });
  res.end(res.req.method === "HEAD" ? undefined : text);
}

/** A file of the app: hashed names for ever, the rest checked again each time [S79]. */
export function sendAsset(req: IncomingMessage, res: ServerResponse, site: Site, asset: Asset): void {
  const headers: Record<string, string | number> = {
    ...securityHeaders(site),
    "Content-Type": asset.type,
    "Cache-Control": asset.immutable ? "public, max-age=31536000, immutable" : "no-cache",
    ETag: asset.etag,
    Vary: "Accept-Encoding",
  };
  if (req.headers["if-none-match"] === asset.etag) {
    res.writeHead(304, headers);
    res.end();
    return;
  }
  const zipped = asset.gzip !== undefined && /\bgzip\b/.test(req.headers["accept-encoding"] ?? "");
  const body = zipped && asset.gzip !== undefined ? asset.gzip : asset.body;
  if (zipped) headers["Content-Encoding"] = "gzip";
  headers["Content-Length"] = body.length;
  res.writeHead(200, headers);
  res.end(req.method === "HEAD" ? undefined : body);
}
