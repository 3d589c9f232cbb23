// Builds the product when one of its parts is missing or older than what it is made from. Called by start, test and bench:
// `import { ensureBuilt } from "./ensure-built.mjs"`, or `node scripts/ensure-built.mjs` as a step of its own.
import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(fileURLToPath(import.meta.url), "../..");
const SHARED = ["protocol/src", "package.json", "package-lock.json"];

/** Each part with the file that tells it is there, and what it is made from. */
const PARTS = [
  { made: "dist/web/index.html", from: ["web", "vite.config.ts", ...SHARED] },
  { made: "dist/proxy/main.js", from: ["proxy/src", "vite.proxy.config.ts", ...SHARED] },
  { made: "dist/demo/demo-lab.js", from: ["demo/src", "vite.proxy.config.ts", "package.json", "package-lock.json"] },
];

function modifiedMs(path) {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs;
}

/** The newest change below a path; folders count, as a removed file changes nothing else. */
function newestMs(path) {
  const at = statSync(join(ROOT, path), { throwIfNoEntry: false });
  if (at === undefined) return 0;
  if (!at.isDirectory()) return at.mtimeMs;
  const below = readdirSync(join(ROOT, path)).map((name) => newestMs(join(path, name)));
  return Math.max(at.mtimeMs, ...below);
}

/** Why a build is needed, or undefined. */
function reasonToBuild() {
  for (const { made, from } of PARTS) {
    const built = modifiedMs(made);
    if (built === undefined) return `${made} is missing`;
    const changed = from.find((path) => newestMs(path) > built);
    if (changed !== undefined) return `${made} is older than ${changed}`;
  }
  return undefined;
}

/** Builds if needed; progress goes to stderr, as stdout may be read by a program. Returns whether the product is there. */
export function ensureBuilt() {
  const reason = reasonToBuild();
  if (reason === undefined) return true;
  process.stderr.write(`building: ${reason}\n`);
  // Whoever calls may have loaded Vite, which sets NODE_ENV for itself; the product is never a development build.
  const env = { ...process.env, NODE_ENV: "production" };
  const run = spawnSync("npm", ["run", "build", "--silent"], { cwd: ROOT, stdio: ["ignore", 2, 2], env });
  if (run.status !== 0) return false;
  const left = PARTS.find(({ made }) => modifiedMs(made) === undefined);
  if (left !== undefined) process.stderr.write(`the build did not make ${left.made}\n`);
  return left === undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(ensureBuilt() ? 0 : 1);
