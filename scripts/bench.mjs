// `npm run bench`: builds the product when it is stale, bundles the bench for Node and runs it.
// Options: --short (under 3 minutes), --json, --store (writes tests/bench/baseline.json), --only NAME[,NAME].
import { spawnSync } from "node:child_process";
import { ensureBuilt } from "./ensure-built.mjs";

/** The bench itself for Node, and the page that xterm.js has to itself. */
const BUNDLES = ["tests/bench/vite.config.ts", "tests/bench/page/vite.config.ts"];

/** Only the bench itself writes to stdout, as `--json` is read by programs. */
function run(args, stdout) {
  const { status } = spawnSync(process.execPath, args, { stdio: ["inherit", stdout, "inherit"] });
  if (status !== 0) process.exit(status ?? 1);
}

if (!ensureBuilt()) process.exit(1);
for (const config of BUNDLES) {
  run(["node_modules/.bin/vite", "build", "--config", config, "--logLevel", "warn"], 2);
}
run([".cache/bench/main.js", ...process.argv.slice(2)], "inherit");
