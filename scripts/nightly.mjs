// `npm run nightly`: what takes too long for every change [Q14]: many schedules, tests again and again, the lab, full
// measurements, the full soak. Every step runs; any failure fails. Prints a table of steps, and with `--record` adds it,
// with date and machine, to docs/verification.md.
// Options: --only NAME[,NAME], --skip NAME[,NAME], --times N (repetitions, default 3), --minutes N (soak, default 30), --record.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { parseArgs } from "node:util";

/** Ten times what every change runs. */
const SCHEDULES = 200_000;
/** The schedules above on two cores take about five minutes; vitest's own limit for a test is that. */
const SCHEDULES_LIMIT_MS = 3_600_000;
const RECORD = "docs/verification.md";
const HEADING = "## Nightly";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    skip: { type: "string", default: "" },
    times: { type: "string", default: "3" },
    minutes: { type: "string", default: "30" },
    record: { type: "boolean", default: false },
  },
});
const names = (list) => list.split(",").filter((name) => name !== "");
const [only, skip] = [names(values.only), names(values.skip)];
const times = Number(values.times);
const minutes = Number(values.minutes);
if (!(Number.isInteger(times) && times > 0 && minutes > 0)) usage("--times and --minutes are numbers above 0");

const all = { RACKSIDE_REQUIRE: "all", RACKSIDE_NIGHTLY: "1" };
const vitest = (...args) => ["node_modules/.bin/vitest", "run", ...args];
/** Name, command, environment, and how often: what passes once may fail in one of several runs. */
const STEPS = [
  { name: "check", command: ["npm", "run", "check"] },
  {
    name: "schedules",
    command: vitest("--project", "model", "tests/model/resume.test.ts", `--testTimeout=${SCHEDULES_LIMIT_MS}`),
    env: { RACKSIDE_SCHEDULES: String(SCHEDULES) },
  },
  {
    name: "hostile",
    command: vitest("--project", "unit", "--project", "integration", `--testTimeout=${SCHEDULES_LIMIT_MS}`, "hostile-"),
    env: { ...all, RACKSIDE_HOSTILE: "full" },
  },
  { name: "oracle", command: vitest("--project", "model", "tests/model/screen-oracle.test.ts"), times },
  { name: "tests", command: ["npm", "test"], env: all, times },
  { name: "lab", command: ["npm", "run", "test:lab"], env: { ...all, RACKSIDE_LAB: "long" } },
  { name: "bench", command: ["npm", "run", "bench"] },
  { name: "soak", command: ["npm", "run", "soak", "--", "--minutes", String(minutes)] },
];
const unknown = [...only, ...skip].filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) usage(`no step ${unknown.join(", ")}; there are: ${STEPS.map(({ name }) => name).join(", ")}`);

function usage(text) {
  console.error(text);
  process.exit(2);
}

/** What a run says of itself: its last line of counts, vitest's own, or nothing. */
function counted(output) {
  const plain = output.replaceAll(/\u001b\[[0-9;]*m/g, "");
  const own = [...plain.matchAll(/^(?:checks? )?\d+ passed, \d+ failed, \d+ skipped$/gm)].at(-1)?.[0];
  return own ?? /^\s*Tests\s+(.*)$/m.exec(plain)?.[1]?.trim() ?? "";
}

/** Runs a step once; what it prints is shown as well. */
function run({ command: [program, ...args], env = {} }) {
  const ran = spawnSync(program, args, {
    encoding: "utf8",
    env: { ...process.env, ...env },
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.stdout.write(ran.stdout ?? "");
  return { ok: ran.status === 0, said: counted(ran.stdout ?? "") };
}

const rows = [];
for (const step of STEPS) {
  if ((only.length > 0 && !only.includes(step.name)) || skip.includes(step.name)) continue;
  const repeated = step.times ?? 1;
  for (let time = 1; time <= repeated; time += 1) {
    const name = repeated === 1 ? step.name : `${step.name} ${time} of ${repeated}`;
    process.stdout.write(`\n=== ${name}\n`);
    const began = Date.now();
    const { ok, said } = run(step);
    rows.push({ name, ok, said, minutes: ((Date.now() - began) / 60_000).toFixed(1) });
  }
}

const failed = rows.filter(({ ok }) => !ok);
const machine = `${cpus().length} x ${cpus()[0]?.model ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}, Node ${process.version}`;
const table = [
  "| step | result | counts | minutes |",
  "|---|---|---|---|",
  ...rows.map((row) => `| ${row.name} | ${row.ok ? "passed" : "FAILED"} | ${row.said} | ${row.minutes} |`),
].join("\n");
const verdict = `${rows.length - failed.length} passed, ${failed.length} failed, 0 skipped`;
process.stdout.write(`\n${machine}\n\n${table}\n\n${verdict}\n`);
if (values.record) record();
process.exitCode = failed.length === 0 ? 0 : 1;

/** Newest first below its heading, so that the page shows what holds now. */
function record() {
  const page = readFileSync(RECORD, "utf8");
  const date = new Date().toISOString().slice(0, 10);
  const commit = spawnSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).stdout.trim();
  const entry = `\n### ${date}, ${commit}\n\n${machine}: ${verdict}.\n\n${table}\n`;
  const at = page.indexOf(`${HEADING}\n`);
  if (at < 0) throw new Error(`${RECORD} has no heading "${HEADING}"`);
  const below = page.indexOf("\n### ", at);
  const next = page.indexOf("\n## ", at + 1);
  const place = below >= 0 && (next < 0 || below < next) ? below : next;
  writeFileSync(RECORD, `${page.slice(0, place)}${entry}${page.slice(place)}`);
}
