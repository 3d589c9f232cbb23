// `npm test`: finds or installs what tests need, builds when the build is older than its sources, runs the vitest
// projects and ends with one line of counts. `npm test -- unit e2e` runs only those projects.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runnerImport } from "vite";
import { ensureBuilt } from "./ensure-built.mjs";
import { countReport, failureLines, summary } from "./test-count.mjs";

/**
 * Projects of one group run side by side; groups run one after the other, because the later ones share real parts
 * (SSH servers, a browser) whose clients have time limits.
 */
const GROUPS = [["unit", "contract", "model"], ["integration"], ["e2e"]];
/**
 * Files at a time, where it is not what vitest.config.ts says: tests with real parts wait for their pace most of
 * the time, also on two cores.
 */
const WORKERS = { integration: 3, e2e: 4 };
/** Look at, or run, what `npm run build` makes. */
const NEED_BUILD = ["contract", "e2e"];
/** What a group needs beyond npm; the lab finds its own. */
const NEED_TOOLS = { integration: ["sshd", "ssh", "ssh-keygen", "dropbear", "dropbearkey"], e2e: ["chromium"] };

const known = GROUPS.flat();
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no project ${unknown.join(", ")}; there are: ${known.join(", ")}`);
  process.exit(2);
}
const chosen = asked.length > 0 ? asked : known;
/** What failed, told once more at the end: thousands of lines lie between. */
const failures = [];
const total = { passed: 0, failed: 0, skipped: 0 };

const said = await findWhatTestsNeed();
if (NEED_BUILD.some((name) => chosen.includes(name))) build();

const reports = mkdtempSync(join(tmpdir(), "rackside-test-"));
try {
  for (const group of GROUPS) {
    const projects = group.filter((name) => chosen.includes(name));
    if (projects.length === 0) continue;
    const report = join(reports, `${projects.join("-")}.json`);
    const workers = projects.flatMap((name) => (WORKERS[name] === undefined ? [] : [`--maxWorkers=${WORKERS[name]}`]));
    const args = [...projects.flatMap((name) => ["--project", name]), ...workers];
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const run = spawnSync("node_modules/.bin/vitest", ["run", ...args, ...reporters], {
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, RACKSIDE_TOOLS_SAID: said.join(",") },
    });
    const count = countReport(report);
    if (run.status !== 0 && count.failed === 0) count.failed = 1;
    failures.push(...failureLines(report));
    for (const key of Object.keys(total)) total[key] += count[key];
  }
} finally {
  rmSync(reports, { recursive: true, force: true });
}
for (const line of failures) console.log(line);
console.log(summary(total));
process.exitCode = total.failed === 0 ? 0 : 1;

/** Names of missing tools, each reported once here instead of by every test file. */
async function findWhatTestsNeed() {
  const { module } = await runnerImport("./tests/support/find-tools.ts", { configFile: false, logLevel: "error" });
  const missing = [];
  for (const name of chosen.flatMap((project) => NEED_TOOLS[project] ?? [])) {
    try {
      const tools = await module.requireTools(name);
      if (!tools.ok) missing.push(name);
    } catch (error) {
      console.error(error.message);
      total.failed += 1;
    }
  }
  return missing;
}

function build() {
  if (ensureBuilt()) return;
  console.error("the build failed; tests that need it will fail too");
  total.failed += 1;
}
