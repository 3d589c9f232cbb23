// `npm run soak`: builds the product when it is stale, bundles the soak for Node and runs it.
// Options: --short (about 90 s), --minutes N (default 30). RACKSIDE_SEED runs the same faults again.
import { spawnSync } from "node:child_process";
import { ensureBuilt } from "./ensure-built.mjs";

function run(args) {
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

if (!ensureBuilt()) process.exit(1);
run(["node_modules/.bin/vite", "build", "--config", "tests/soak/vite.config.ts", "--logLevel", "warn"]);
run([".cache/soak/main.js", ...process.argv.slice(2)]);
