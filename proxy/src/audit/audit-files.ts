/** The files of the audit log: `audit.jsonl` is written, `audit.jsonl.1` is the one before, and so on [S93]. */
import { type FileHandle, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";

const NAME = "audit.jsonl";
const BLOCK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;
const FILE_MODE = 0o600;

export function auditFile(dir: string, age: number): string {
  return join(dir, age === 0 ? NAME : `${NAME}.${age}`);
}

/** Ages of the files that are there, the one that is written first. */
export async function agesIn(dir: string): Promise<number[]> {
  const ages = (await readdir(dir)).flatMap((name) => {
    if (name === NAME) return [0];
    const age = name.startsWith(`${NAME}.`) ? name.slice(NAME.length + 1) : "";
    return /^[1-9]\d{0,3}$/.test(age) ? [Number(age)] : [];
  });
  return ages.toSorted((a, b) => a - b);
}

export async function sizeOf(dir: string): Promise<number> {
  try {
    return (await stat(auditFile(dir, 0))).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}

/**
 * Appends and waits for the disk: a line that counts as written survives a crash of the machine. What a failed write left
 * is taken back, since its lines are written again; where the file can only grow, its torn line is ended by the next one.
 */
export async function append(dir: string, text: string): Promise<void> {
  const file = await open(auditFile(dir, 0), "a+", FILE_MODE);
  try {
    await endLine(file);
    const { size } = await file.stat();
    try {
      await file.appendFile(text);
      await file.datasync();
    } catch (error) {
      await file.truncate(size).catch(() => {});
      throw error;
    }
  } finally {
    await file.close();
  }
}

/** Ends a last line that was cut short, so that the next one does not become part of it. */
async function endLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  if (size === 0) return;
  const end = Buffer.alloc(1);
  await file.read(end, 0, 1, size - 1);
  if (end[0] !== NEWLINE) await file.appendFile("\n");
}

/** The same at the start: a crash may have cut a line short. */
export async function mendEnd(dir: string): Promise<void> {
  if ((await sizeOf(dir)) === 0) return;
  const file = await open(auditFile(dir, 0), "a+", FILE_MODE);
  try {
    await endLine(file);
  } finally {
    await file.close();
  }
}

/** Makes every file one older and forgets those beyond `keep`. */
export async function rotate(dir: string, keep: number): Promise<void> {
  for (const age of (await agesIn(dir)).toReversed()) {
    if (age >= keep) await rm(auditFile(dir, age), { force: true });
    else await rename(auditFile(dir, age), auditFile(dir, age + 1));
  }
}

/** Lines of one file from its end, with the bytes that were read for each; reads no more than it is asked for. */
export async function* linesBackwards(path: string): AsyncGenerator<{ text: string; bytes: number }> {
  const file = await open(path, "r").catch((error: unknown) => {
    // Rotated away meanwhile.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  });
  if (file === undefined) return;
  try {
    let end = (await file.stat()).size;
    let rest = Buffer.alloc(0);
    while (end > 0) {
      const start = Math.max(0, end - BLOCK_BYTES);
      const block = Buffer.alloc(end - start);
      await file.read(block, 0, block.length, start);
      end = start;
      let whole = Buffer.concat([block, rest]);
      for (let at = whole.lastIndexOf(NEWLINE); at >= 0; at = whole.lastIndexOf(NEWLINE)) {
        const line = whole.subarray(at + 1);
        whole = whole.subarray(0, at);
        if (line.length > 0) yield { text: line.toString("utf8"), bytes: line.length + 1 };
      }
      rest = whole;
    }
    if (rest.length > 0) yield { text: rest.toString("utf8"), bytes: rest.length };
  } finally {
    await file.close();
  }
}
