import { resolve } from "node:path";
import { defineConfig } from "vite";

/**
 * Builds the proxy and the demo lab for Node: ws and ssh2 stay outside as run-time dependencies, everything else is
 * bundled. The patches and ssh2's own files are reached by require at run time, in that order.
 */
export default defineConfig({
  publicDir: false,
  ssr: { noExternal: true, external: ["ws", "ssh2"], target: "node" },
  build: {
    ssr: true,
    target: "node20",
    outDir: "dist",
    emptyOutDir: false,
    minify: false,
    sourcemap: false,
    rolldownOptions: {
      input: {
        "proxy/main": resolve(import.meta.dirname, "proxy/src/main.ts"),
        "demo/demo-lab": resolve(import.meta.dirname, "demo/src/demo-lab.ts"),
      },
      output: { entryFileNames: "[name].js", chunkFileNames: "proxy/[name]-[hash].js", format: "es" },
    },
  },
});
