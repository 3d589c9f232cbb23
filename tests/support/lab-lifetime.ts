import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { labDown, labIsUp } from "./lab.ts";

/** One file per test run that uses the lab, named after its process, so that no run takes it away from another. */
const FOLDER = "/run/lock";
const PREFIX = "rackside-lab-run.";

/** For the lab project's `globalSetup`: a lab that the tests brought up goes with the last of them; one that was up before stays. */
export async function setup(): Promise<() => Promise<void>> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return async () => undefined;
  const wasUp = (await labIsUp()) && (await otherRuns()).length === 0;
  const mine = join(FOLDER, `${PREFIX}${process.pid}`);
  await writeFile(mine, "");
  return async () => {
    await rm(mine, { force: true });
    if (wasUp || process.env.RACKSIDE_LAB_KEEP === "1") return;
    if ((await otherRuns()).length === 0 && (await labIsUp())) await labDown();
  };
}

/** Runs that are still alive; files of dead ones are removed. */
async function otherRuns(): Promise<number[]> {
  const runs: number[] = [];
  for (const name of await readdir(FOLDER)) {
    if (!name.startsWith(PREFIX)) continue;
    const pid = Number(name.slice(PREFIX.length));
    if (pid === process.pid) continue;
    if (isAlive(pid)) runs.push(pid);
    else await rm(join(FOLDER, name), { force: true });
  }
  return runs;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
