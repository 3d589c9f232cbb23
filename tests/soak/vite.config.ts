import { resolve } from "node:path";
import { defineConfig } from "vite";

const ROOT = resolve(import.meta.dirname, "../..");

/** Bundles the soak for Node, which cannot read TypeScript; packages stay outside. One file, two levels below the root. */
export default defineConfig({
  root: ROOT,
  publicDir: false,
  build: {
    ssr: resolve(ROOT, "tests/soak/main.ts"),
    outDir: resolve(ROOT, ".cache/soak"),
    emptyOutDir: true,
    target: "node20",
    minify: false,
    rolldownOptions: { output: { entryFileNames: "[name].js" } },
  },
});
