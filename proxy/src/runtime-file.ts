/** Tells `rackside pair` where the running proxy is. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { writeAtomic } from "./atomic-file.ts";

const Runtime = v.pipe(v.string(), v.parseJson(), v.object({ pid: v.number(), url: v.string() }));

function fileOf(dataDir: string): string {
  return join(dataDir, "running.json");
}

export async function writeRuntime(dataDir: string, url: string): Promise<void> {
  await writeAtomic(fileOf(dataDir), JSON.stringify({ pid: process.pid, url }));
}

export async function removeRuntime(dataDir: string): Promise<void> {
  await rm(fileOf(dataDir), { force: true });
}

/** Address of the proxy that runs on this data folder; undefined when none does. */
export async function readRuntime(dataDir: string): Promise<string | undefined> {
  const text = await readFile(fileOf(dataDir), "utf8").catch(() => "");
  const parsed = v.safeParse(Runtime, text);
  if (!parsed.success) return undefined;
  try {
    process.kill(parsed.output.pid, 0);
    return parsed.output.url;
  } catch {
    // Left behind by a process that was killed.
    return undefined;
  }
}
