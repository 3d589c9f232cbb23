import { existsSync, readFileSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import manifest from "./package.json" with { type: "json" };

const ROOT = import.meta.dirname;
const PROXY_ENTRY = resolve(ROOT, "proxy/src/dev-proxy.ts");
const OUT = resolve(ROOT, "dist/web");
/** Everything that the app needs to open without the proxy, in bytes as they are sent. */
const PRECACHE_LIMIT_BYTES = 900 * 1024;
/** Files that the proxy sends compressed. */
const COMPRESSED = /\.(?:html|js|css|svg|webmanifest)$/;

type PrecacheEntry = { url: string; size: number };

type Handler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
/** What development needs of the proxy; the module is loaded only when it is there. */
type ProxyModule = { mountDevProxy: (server: Server, use: (handler: Handler) => void) => Promise<void> };

/** Development runs the proxy inside Vite's server, on the same port and origin. */
function proxyInProcess(): Plugin {
  return {
    name: "rackside-proxy",
    apply: "serve",
    async configureServer(server) {
      if (!existsSync(PROXY_ENTRY) || server.httpServer === null) return;
      const { mountDevProxy } = (await server.ssrLoadModule(PROXY_ENTRY)) as ProxyModule;
      await mountDevProxy(server.httpServer as Server, (handler) => server.middlewares.use(handler));
    },
  };
}

/** Bytes of a built file as the proxy sends it. */
function sentBytes(url: string): number {
  const body = readFileSync(resolve(OUT, url));
  return COMPRESSED.test(url) ? gzipSync(body).length : body.length;
}

/** Builds fail when the offline copy outgrows its budget (section 20 of the tablet design). */
function withinBudget(entries: PrecacheEntry[]): Promise<{ manifest: PrecacheEntry[] }> {
  const total = entries.reduce((sum, entry) => sum + sentBytes(entry.url), 0);
  if (total > PRECACHE_LIMIT_BYTES) {
    throw new Error(`precache is ${Math.round(total / 1024)} KiB, more than ${PRECACHE_LIMIT_BYTES / 1024} KiB`);
  }
  return Promise.resolve({ manifest: entries });
}

export default defineConfig({
  root: "web",
  cacheDir: resolve(ROOT, "node_modules/.vite"),
  build: {
    outDir: OUT,
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    // Fonts and icons stay files: a data: font would need a wider content policy than [S74].
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  define: { __APP_VERSION__: JSON.stringify(manifest.version) },
  worker: { format: "es" },
  server: {
    // By default Vite would hand out any file of the project, the proxy's source included.
    fs: {
      strict: true,
      allow: [resolve(ROOT, "web"), resolve(ROOT, "protocol/src"), resolve(ROOT, "node_modules")],
    },
  },
  optimizeDeps: {
    // Found only inside the worker or behind lazy imports; otherwise development reloads in the middle of a session.
    include: [
      "@xterm/addon-fit",
      "@xterm/addon-search",
      "@xterm/addon-serialize",
      "@xterm/addon-unicode-graphemes",
      "@xterm/addon-web-links",
      "@xterm/addon-webgl",
      "@xterm/xterm",
      "comlink",
      "idb",
      "uplot",
      "valibot",
      "xstate",
    ],
  },
  plugins: [
    react(),
    proxyInProcess(),
    VitePWA({
      registerType: "prompt",
      injectRegister: false,
      filename: "sw.js",
      manifest: {
        name: "Rackside",
        short_name: "Rackside",
        description: "SSH terminal with live telemetry for network equipment.",
        id: "/",
        start_url: "/",
        scope: "/",
        display: "standalone",
        orientation: "any",
        background_color: "#0e1116",
        theme_color: "#0e1116",
        categories: ["utilities", "productivity"],
        icons: [
          { src: "/icon-192.png", sizes: "192x192", type: "image/png", purpose: "any" },
          { src: "/icon-512.png", sizes: "512x512", type: "image/png", purpose: "any" },
          { src: "/icon-maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
          { src: "/icon.svg", sizes: "any", type: "image/svg+xml", purpose: "any" },
        ],
      },
      includeManifestIcons: false,
      workbox: {
        globPatterns: ["**/*.{html,js,css,woff2,svg,webmanifest}", "icon-192.png"],
        // Hashed names say their revision themselves.
        dontCacheBustURLsMatching: /^assets\//,
        manifestTransforms: [withinBudget],
        navigateFallback: "/index.html",
        // The proxy's own addresses are never answered from the cache [S79].
        navigateFallbackDenylist: [/^\/api(\/|$)/, /^\/s(\/|$)/, /^\/health/, /^\/metrics/],
        inlineWorkboxRuntime: true,
        cleanupOutdatedCaches: true,
        clientsClaim: false,
        skipWaiting: false,
        sourcemap: false,
      },
    }),
  ],
});
