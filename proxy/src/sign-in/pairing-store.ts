/** One file for each pairing in the state folder, so that `rackside pair` can add one while the proxy runs [S6]. */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { ensureStateDir, writeAtomic } from "../atomic-file.ts";
import { isStale, newPairing, type Pairing, type PairingSecret } from "./pairing.ts";

const PairingFile = v.object({
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/)),
  link_sha256: v.string(),
  code_sha256: v.string(),
  expires: v.number(),
  tries: v.number(),
  user: v.optional(v.string()),
  used: v.optional(v.object({ at: v.number(), label: v.string() })),
});

export class PairingStore {
  readonly #dir: string;

  private constructor(dir: string) {
    this.#dir = dir;
  }

  static async open(dataDir: string): Promise<PairingStore> {
    const dir = join(dataDir, "pairings");
    await ensureStateDir(dir);
    return new PairingStore(dir);
  }

  async create(
    options: { user?: string | undefined; lifeMs?: number } = {},
    now = Date.now(),
  ): Promise<PairingSecret & { id: string }> {
    const { pairing, secret } = newPairing(now, options);
    await this.put(pairing);
    return { ...secret, id: pairing.id };
  }

  /** All that are kept; a file that cannot be read counts as absent: its secret then opens nothing [S2]. */
  async list(now = Date.now()): Promise<Pairing[]> {
    const found: Pairing[] = [];
    for (const name of await readdir(this.#dir)) {
      if (!name.endsWith(".json") || name.startsWith(".")) continue;
      const path = join(this.#dir, name);
      const text = await readFile(path, "utf8").catch(() => "");
      const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), PairingFile), text);
      if (!parsed.success || isStale(parsed.output, now)) await rm(path, { force: true });
      else found.push(parsed.output);
    }
    return found;
  }

  async put(pairing: Pairing): Promise<void> {
    await writeAtomic(join(this.#dir, `${pairing.id}.json`), JSON.stringify(pairing));
  }
}
