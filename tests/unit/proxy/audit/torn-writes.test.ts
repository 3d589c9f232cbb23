/** Writes of the audit log that a full disk cuts short. */
import { type FileHandle, mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { append, auditFile } from "#proxy/audit/audit-files.ts";

const full = (): Error => Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });

let dir: string;
let handles: FileHandle;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "rackside-torn-"));
  const any = await open(auditFile(dir, 0), "a");
  handles = Object.getPrototypeOf(any) as FileHandle;
  await any.close();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(dir, { recursive: true, force: true });
});

/** The next write stops after so many bytes. */
function cutAfter(bytes: number): void {
  vi.spyOn(handles, "appendFile").mockImplementationOnce(async function (this: FileHandle, text) {
    await this.write(String(text).slice(0, bytes));
    throw full();
  });
}

const text = (): Promise<string> => readFile(auditFile(dir, 0), "utf8");

describe("[S93] a write that is cut short", () => {
  test("leaves nothing of itself: the lines are written whole, and once, when there is room again", async () => {
    await append(dir, '{"seq":1}\n');
    cutAfter(15);
    const lines = '{"seq":2}\n{"seq":3}\n';
    await expect(append(dir, lines)).rejects.toThrow(/ENOSPC/);
    await append(dir, lines);
    expect(await text()).toBe('{"seq":1}\n{"seq":2}\n{"seq":3}\n');
  });

  test("of a file that can only grow is ended before the next line, which stays readable", async () => {
    cutAfter(5);
    vi.spyOn(handles, "truncate").mockRejectedValueOnce(Object.assign(new Error("EPERM"), { code: "EPERM" }));
    await expect(append(dir, '{"seq":1}\n')).rejects.toThrow(/ENOSPC/);
    await append(dir, '{"seq":1}\n');
    expect(await text()).toBe('{"seq\n{"seq":1}\n');
  });
});
