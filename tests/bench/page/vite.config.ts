import { resolve } from "node:path";
import { defineConfig } from "vite";

/** The yardstick of the throughput figure: a page with nothing but xterm.js. */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  build: { outDir: resolve(import.meta.dirname, "../../../.cache/bench-page"), emptyOutDir: true, target: "es2022" },
});
