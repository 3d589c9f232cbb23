import { randomBytes } from "node:crypto";
import { chmod, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** State files are for the proxy's user alone [S8]. */
const FILE_MODE = 0o600;
const DIR_MODE = 0o700;

/** Makes a state folder, or tightens one that is there. Throws with the path when it cannot. */
export async function ensureStateDir(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: DIR_MODE });
  await chmod(path, DIR_MODE);
}

/**
 * Replaces a file in one step: readers see the old or the new content, never a part. Throws when it cannot be written
 * and then leaves the old file as it was.
 */
export async function writeAtomic(path: string, content: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}`);
  try {
    const file = await open(temporary, "wx", FILE_MODE);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
