import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const ROOT = resolve(import.meta.dirname, "../../..");

/** The interface gets the stand-in wherever it asks for the page's bridge, and no service worker. */
function standIns(): Plugin {
  return {
    name: "rackside-stand-ins",
    enforce: "pre",
    resolveId(source, importer) {
      if (importer === undefined || importer.includes("ui-harness")) return undefined;
      if (source.endsWith("/app-bridge.ts")) return resolve(import.meta.dirname, "fake-bridge.ts");
      if (source === "virtual:pwa-register") return resolve(import.meta.dirname, "fake-register.ts");
      return undefined;
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: resolve(ROOT, "node_modules/.vite-harness"),
  define: { __APP_VERSION__: '"0.1.0"' },
  build: { outDir: resolve(ROOT, ".cache/ui-harness"), emptyOutDir: true, assetsInlineLimit: 0 },
  plugins: [standIns(), react()],
});
