// Starts the built product, building first what is missing or older than its sources.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Runs a script of this project; its chatter goes to stderr, so that `--json` stays the only line on stdout. */
function run(script) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, script)], { cwd: ROOT, stdio: ["ignore", 2, 2] });
    child.on("close", (code) => resolve(code ?? 1));
  });
}

const built = await run("scripts/ensure-built.mjs");
if (built !== 0) process.exit(built);
await import(new URL("../dist/proxy/main.js", import.meta.url).href);
