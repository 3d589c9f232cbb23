/** Tells the commands of the console whether a proxy runs on a data folder, and where it is. */
import { readFile, readlink, rm } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { writeAtomic } from "./atomic-file.ts";

/**
 * A process apart from every other that has, or had, the same number: containers begin to count anew. Only Linux tells it;
 * elsewhere the number has to do.
 */
const Birth = v.object({
  /** Changes with each start of the machine. */
  boot: v.string(),
  /** The name space in which the process has its number. */
  space: v.string(),
  /** When the process began, in ticks since the machine did. */
  ticks: v.string(),
});
type Birth = v.InferOutput<typeof Birth>;

const Runtime = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ pid: v.number(), url: v.string(), birth: v.optional(Birth) }),
);

/** `elsewhere`: it was started in another container, so that only its answer could tell whether it still runs. */
export type RunningProxy = { state: "here" | "elsewhere"; url: string } | { state: "none" };

function fileOf(dataDir: string): string {
  return join(dataDir, "running.json");
}

export async function writeRuntime(dataDir: string, url: string): Promise<void> {
  const { pid } = process;
  await writeAtomic(fileOf(dataDir), JSON.stringify({ pid, url, birth: await birthOf(pid) }));
}

export async function removeRuntime(dataDir: string): Promise<void> {
  await rm(fileOf(dataDir), { force: true });
}

/** Whether a proxy runs on this data folder, as far as that can be told from outside. */
export async function findRunning(dataDir: string): Promise<RunningProxy> {
  const text = await readFile(fileOf(dataDir), "utf8").catch(() => "");
  const parsed = v.safeParse(Runtime, text);
  if (!parsed.success) return { state: "none" };
  const { pid, url, birth } = parsed.output;
  const own = await birthOf(process.pid);
  // Left behind by a process that was killed: of before the machine was started, or with a number that another one has now.
  if (birth !== undefined && own !== undefined) {
    if (birth.boot !== own.boot) return { state: "none" };
    if (birth.space !== own.space) return { state: "elsewhere", url };
    const ticks = await ticksOf(pid);
    if (ticks !== undefined) return ticks === birth.ticks ? { state: "here", url } : { state: "none" };
  }
  return pid !== process.pid && isThere(pid) ? { state: "here", url } : { state: "none" };
}

/** Address of the proxy that runs on this data folder, or may; undefined when none does. */
export async function readRuntime(dataDir: string): Promise<string | undefined> {
  const found = await findRunning(dataDir);
  return found.state === "none" ? undefined : found.url;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function birthOf(pid: number): Promise<Birth | undefined> {
  try {
    const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
    const space = await readlink("/proc/self/ns/pid");
    const ticks = await ticksOf(pid);
    return ticks === undefined ? undefined : { boot, space, ticks };
  } catch {
    return undefined;
  }
}

/** Start time of a process, field 22 of proc(5)'s stat; its second field, the name, may itself have spaces and brackets. */
async function ticksOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
}
