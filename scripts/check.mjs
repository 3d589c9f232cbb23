// `npm run check`: format and lint, typed lint, types per environment, dead code. Every step runs; any finding fails.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** One tsconfig per environment: what an area may use is what its `lib` and `types` hold. */
const AREAS = [
  "protocol",
  "proxy",
  "demo",
  "web/src/telemetry",
  "web/src/machines",
  "web/src/themes",
  "web/src/workers",
  "web/src/bridge",
  "web/src/terminal",
  "web/src/pwa",
  "web/src/ui",
  "tests",
];

/** @type {[title: string, tool: string, args: string[]][]} */
const steps = [
  ["format and lint", "biome", ["check", "--error-on-warnings", "."]],
  ["typed lint", "oxlint", ["--type-aware", "--deny-warnings"]],
  ...AREAS.filter((area) => existsSync(`${area}/tsconfig.json`)).map((area) => [`types: ${area}`, "tsc", ["-p", area]]),
  ["dead code", "knip", []],
];

let failed = 0;
for (const [title, tool, args] of steps) {
  const run = spawnSync(`node_modules/.bin/${tool}`, args, { encoding: "utf8" });
  const ok = run.status === 0;
  console.log(`${ok ? "ok  " : "FAIL"} ${title}`);
  if (!ok) {
    failed += 1;
    console.log(`${run.stdout}${run.stderr}`.trim());
  }
}
console.log(
  failed === 0 ? `check: all ${steps.length} steps passed` : `check: ${failed} of ${steps.length} steps failed`,
);
process.exit(failed === 0 ? 0 : 1);
