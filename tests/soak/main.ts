/** `npm run soak`: hours of what happens to a tablet, in laps; after each the proxy must be as it was before. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { chosenSeed, type SeededRandom, seededRandom } from "#support/seeded-random.ts";
import type { Held } from "../bench/rig/process-memory.ts";
import { Checks, inTime } from "./checks.ts";
import { PageLoad } from "./page-load.ts";
import { type SoakRig, startSoakRig } from "./soak-rig.ts";
import { TakeoverLoad } from "./takeover-load.ts";

type Plan = { laps: number; lapMs: number; pages: number; takeovers: number };

/** Three laps are the fewest that show growth: the first one warms up. */
const SHORT: Plan = { laps: 3, lapMs: 12_000, pages: 1, takeovers: 1 };
const LAP_MS = 150_000;
const KIB = 1_024;
/** Live objects after the last lap may be above those after the first by so much. */
const LIVE_GROWTH_KIB = 3 * KIB;
/** Pages likewise; the allocator gives them back when it likes. */
const PAGES_GROWTH_KIB = 24 * KIB;
/** Ring, SSH window, page's window and 64 KiB [WP13], with a quarter more for blocks and objects. */
const SESSION_MIB = 1.8;
/** Garbage between two collections, of a proxy that moves some MB/s. */
const GARBAGE_MIB = 96;
/** Sockets of closed links and watchers that the system has not taken away yet. */
const FILES_SLACK = 2;

function readPlan(argv: string[]): Plan {
  const { values } = parseArgs({
    args: argv,
    options: { short: { type: "boolean", default: false }, minutes: { type: "string", default: "30" } },
  });
  if (values.short) return SHORT;
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Error(`--minutes must be a number above 0, not "${values.minutes}"`);
  const laps = Math.max(3, Math.round((minutes * 60_000) / LAP_MS));
  return { laps, lapMs: Math.min(LAP_MS, (minutes * 60_000) / laps), pages: 3, takeovers: 2 };
}

type After = { held: Held; files: number };

async function lap(rig: SoakRig, plan: Plan, number: number, random: SeededRandom, checks: Checks): Promise<After> {
  const label = `lap ${number}`;
  const loads = [
    ...Array.from({ length: plan.pages }, (_, at) => new PageLoad(`${label} page ${at + 1}`, rig, random)),
    ...Array.from({ length: plan.takeovers }, (_, at) => new TakeoverLoad(`${label} pair ${at + 1}`, rig, random)),
  ];
  // A page has a device that echoes, one that floods and a simulated one with telemetry; a pair has one that floods.
  const sessions = plan.pages * 4 + plan.takeovers;
  const idle = await rig.residentMib();
  let most = idle;
  try {
    for (const load of loads) await load.start();
    for (const until = Date.now() + plan.lapMs; Date.now() < until; ) {
      await pause(500);
      most = Math.max(most, await rig.residentMib());
    }
    for (const load of loads) await load.finish(checks);
  } finally {
    for (const load of loads) await load.close();
  }
  const bound = idle + sessions * SESSION_MIB + GARBAGE_MIB;
  checks.check(most < bound, `${label}: at most ${most.toFixed(0)} MiB, below ${bound.toFixed(0)}`);
  const left = async () => {
    while ((await rig.sessions()) > 0) await pause(250);
  };
  await checks.run(`${label}: no session is left`, inTime(left(), "the last session to go"));
  const held = await rig.held();
  return { held, files: await rig.openFiles() };
}

function compare(checks: Checks, first: After, last: After): void {
  const mib = (kib: number) => `${(kib / KIB).toFixed(1)} MiB`;
  const [live, pages] = [last.held.live - first.held.live, last.held.pages - first.held.pages];
  checks.check(live < LIVE_GROWTH_KIB, `live memory grew by ${mib(live)}, less than ${mib(LIVE_GROWTH_KIB)}`);
  checks.check(pages < PAGES_GROWTH_KIB, `pages grew by ${mib(pages)}, less than ${mib(PAGES_GROWTH_KIB)}`);
  checks.check(
    last.files <= first.files + FILES_SLACK,
    `${first.files} files and sockets open after the first lap, ${last.files} after the last`,
  );
}

/** Lines of the log that tell of an error inside. */
function errorsIn(log: string): string[] {
  return log.split("\n").filter((line) => line !== "" && (!line.startsWith("{") || line.includes('"level":"error"')));
}

async function soak(plan: Plan): Promise<number> {
  const checks = new Checks();
  const random = seededRandom(chosenSeed());
  process.stdout.write(`RACKSIDE_SEED=${random.seed}: ${plan.laps} laps of ${Math.round(plan.lapMs / 1_000)} s\n`);
  const scratch = await mkdtemp(join(tmpdir(), "rackside-soak-"));
  const rig = await startSoakRig(scratch);
  let closing: Promise<number | string | null> | undefined;
  const close = () => (closing ??= rig.close());
  let leaving = false;
  const interrupted = (): void => {
    leaving = true;
    void close().finally(() => process.exit(130));
  };
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  const thrown = (error: unknown): void => {
    // What loses its proxy because the run was interrupted has not failed.
    if (leaving) return;
    checks.check(false, `thrown: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  };
  process.on("uncaughtException", thrown).on("unhandledRejection", thrown);
  const laps: After[] = [];
  try {
    for (let number = 1; number <= plan.laps; number += 1) laps.push(await lap(rig, plan, number, random, checks));
    const [first, last] = [laps[0], laps.at(-1)];
    if (first !== undefined && last !== undefined) compare(checks, first, last);
  } catch (error) {
    thrown(error);
  }
  const errors = errorsIn(rig.app.log());
  checks.check(errors.length === 0, `no error in the proxy's log ${errors.slice(0, 5).join("\n")}`);
  const code = await close();
  checks.check(code === 0, `the proxy ended with ${code}`);
  await rm(scratch, { recursive: true, force: true });
  process.stdout.write(`${checks.summary()}\n`);
  return checks.failed === 0 ? 0 : 1;
}

process.exit(await soak(readPlan(process.argv.slice(2))));
