import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findRunning, readRuntime, removeRuntime, writeRuntime } from "#proxy/runtime-file.ts";

const URL_HERE = "https://rackside.test:7022";
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "rackside-runtime-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

type Stored = { pid: number; url: string; birth?: { boot: string; space: string; ticks: string } };
const file = () => join(dir, "running.json");
/** The file as this process would write it, changed. */
async function stored(change: (now: Stored) => Stored): Promise<void> {
  await writeRuntime(dir, URL_HERE);
  const now = JSON.parse(await readFile(file(), "utf8")) as Stored;
  await writeFile(file(), JSON.stringify(change(now)));
}

describe("whether a proxy runs on a data folder", () => {
  test("none does where nothing was written, what was written is removed, or no JSON", async () => {
    expect(await findRunning(dir)).toEqual({ state: "none" });
    await writeRuntime(dir, URL_HERE);
    await removeRuntime(dir);
    expect(await readRuntime(dir)).toBeUndefined();
    await writeFile(file(), "{");
    expect(await findRunning(dir)).toEqual({ state: "none" });
  });

  test("one that was killed is gone", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    await stored(({ url }) => ({ pid: child.pid ?? 0, url }));
    expect(await findRunning(dir)).toEqual({ state: "none" });
  });

  test("where only the number is known, it must be that of another process", async () => {
    await stored(({ url }) => ({ pid: process.pid, url }));
    expect(await findRunning(dir)).toEqual({ state: "none" });
    await stored(({ url }) => ({ pid: process.ppid, url }));
    expect(await findRunning(dir)).toEqual({ state: "here", url: URL_HERE });
  });

  describe.skipIf(process.platform !== "linux")("by when and where it began (Linux)", () => {
    test("the process that wrote the file runs", async () => {
      await writeRuntime(dir, URL_HERE);
      expect(await findRunning(dir)).toEqual({ state: "here", url: URL_HERE });
    });

    const birth = (change: Partial<NonNullable<Stored["birth"]>>) => (now: Stored) => {
      if (now.birth === undefined) throw new Error("no birth");
      return { ...now, birth: { ...now.birth, ...change } };
    };
    test.each([
      ["another process has the number now", { ticks: "1" }, "none"],
      ["the machine was started anew", { boot: "0c1f" }, "none"],
      ["it was in another container: not to be told from here", { space: "pid:[1]" }, "elsewhere"],
    ] as const)("[S11] %s", async (_, change, state) => {
      await stored(birth(change));
      expect((await findRunning(dir)).state).toBe(state);
    });
  });
});
