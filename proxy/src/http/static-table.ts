/** The built app as a table made once at start [S79]. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { gzipSync } from "node:zlib";
import { StartupError } from "../startup-error.ts";
import type { Asset, AssetSource } from "./asset-source.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};
/** Types that shrink; fonts and images are compressed already. */
const COMPRESSIBLE = /^(text\/|application\/(json|manifest)|image\/svg)/;
/** Below this, compression saves less than its header costs. */
const GZIP_FROM_BYTES = 1_024;
/** Vite's hashed names: `name-<8 or more>.ext`. */
const HASHED = /^\/assets\/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;

/** One file as it will be served; undefined for types that are no part of the app, source maps among them. */
export function assetOf(path: string, body: Buffer): Asset | undefined {
  const type = TYPES[extname(path)];
  if (type === undefined) return undefined;
  const gzip = COMPRESSIBLE.test(type) && body.length >= GZIP_FROM_BYTES ? gzipSync(body, { level: 9 }) : undefined;
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
  return { body, gzip, type, etag, immutable: HASHED.test(path) };
}

/** Reads the folder of a build; throws StartupError when there is none. */
export async function loadStaticTable(dir: string): Promise<AssetSource> {
  const table = new Map<string, Asset>();
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(dir, file).split(sep).join("/")}`;
    const asset = assetOf(path, await readFile(file));
    if (asset !== undefined) table.set(path, asset);
  }
  const index = table.get("/index.html");
  if (index === undefined) throw new StartupError(`${dir}: the built app is not there; run "npm run build" first`);
  table.set("/", index);
  return { get: (path) => table.get(path) };
}
