import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const PRELOAD = resolve(import.meta.dirname, "../../tests/bench/rig/collect-garbage.cjs");
const KIB = 1_024;
const POLL_MS = 10;
const COLLECT_LIMIT_MS = 10_000;
const SETTLE_EVERY_MS = 250;
/** Four looks in a row within this much: the rest is the collector's and the allocator's small change. */
const SETTLED_KIB = 64;
const SETTLED_LOOKS = 4;
const SETTLE_LIMIT_MS = 30_000;

/** Environment for a Node process whose garbage can be collected from outside; `file` is its sign that it was. */
export function collectable(file: string): Record<string, string> {
  return { NODE_OPTIONS: `--require ${PRELOAD}`, RACKSIDE_BENCH_COLLECTED: file };
}

/** What a process holds after its garbage was collected, in KiB. */
export type Held = {
  /** Anonymous pages, free lists of the allocator included: what the machine lends it, without files it maps. */
  pages: number;
  /** Live objects and buffers. */
  live: number;
};

async function anonymousKib(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Anonymous:\s+(\d+) kB/m.exec(text)?.[1] ?? Number.NaN);
}

/** Collects the garbage of a process started with {@link collectable}, then looks. */
async function held(pid: number, file: string): Promise<Held> {
  await rm(file, { force: true });
  process.kill(pid, "SIGUSR2");
  for (let waited = 0; !existsSync(file); waited += POLL_MS) {
    if (waited > COLLECT_LIMIT_MS) throw new Error("the process did not collect its garbage");
    await pause(POLL_MS);
  }
  const usage = JSON.parse(await readFile(file, "utf8")) as NodeJS.MemoryUsage;
  return { pages: await anonymousKib(pid), live: (usage.heapUsed + usage.external) / KIB };
}

/** The same once it no longer changes: buffers fill and connections settle for a while. */
export async function settled(pid: number, file: string): Promise<Held> {
  let before: Held = { pages: Number.NaN, live: Number.NaN };
  let calm = 0;
  for (let waited = 0; waited < SETTLE_LIMIT_MS; waited += SETTLE_EVERY_MS) {
    const now = await held(pid, file);
    const same = (["pages", "live"] as const).every((key) => Math.abs(now[key] - before[key]) <= SETTLED_KIB);
    calm = same ? calm + 1 : 0;
    if (calm === SETTLED_LOOKS) return now;
    before = now;
    await pause(SETTLE_EVERY_MS);
  }
  throw new Error("the memory of the process did not settle");
}
