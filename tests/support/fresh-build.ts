import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build } from "vite";

const ROOT = resolve(import.meta.dirname, "../..");

/**
 * Bundles the proxy as its sources are now, for tests that need it in a process of its own. Within the project, since the
 * bundle finds its packages there; the app that it serves is one empty page.
 */
export async function buildFreshProxy(name: string): Promise<string> {
  const outDir = join(ROOT, ".cache", name);
  await build({
    configFile: join(ROOT, "vite.proxy.config.ts"),
    root: ROOT,
    logLevel: "error",
    build: { outDir, emptyOutDir: true },
  });
  await mkdir(join(outDir, "web"), { recursive: true });
  await writeFile(join(outDir, "web/index.html"), "<!doctype html><title>test</title>");
  return outDir;
}
