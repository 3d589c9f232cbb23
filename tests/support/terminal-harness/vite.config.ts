import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const ROOT = resolve(import.meta.dirname, "../../..");

/** The terminal gets the test's stand-in wherever it asks for the page's bridge. */
function standIn(): Plugin {
  return {
    name: "rackside-played-bridge",
    enforce: "pre",
    resolveId(source) {
      return source.endsWith("/app-bridge.ts") ? resolve(import.meta.dirname, "played-bridge.ts") : undefined;
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  logLevel: "error",
  cacheDir: resolve(ROOT, "node_modules/.vite-terminal-harness"),
  define: { __APP_VERSION__: '"0.0.0"' },
  plugins: [standIn(), react()],
});
