/** Tells the audit log when the proxy starts with another configuration than the time before [S93]. */
import { join } from "node:path";
import * as v from "valibot";
import { writeAtomic } from "../atomic-file.ts";
import { sha256 } from "../random.ts";
import { readStateFile } from "../state-file.ts";
import type { Audit } from "./audit.ts";

const Stamp = v.object({ version: v.literal(1), keys: v.record(v.string(), v.string()) });
/** Enough to see that something changed; nobody guesses a secret by it. */
const HASH_CHARS = 16;

/** Compares the configuration, key by key, with what an earlier start noted, and notes it. Values are kept hashed. */
export async function noteConfig(
  dataDir: string,
  config: Readonly<Record<string, unknown>>,
  audit: Audit,
): Promise<void> {
  const path = join(dataDir, "config-stamp.json");
  const keys = Object.fromEntries(
    Object.entries(config)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, hashOf(value)] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
  const before = (await readStateFile(path, Stamp))?.keys;
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(keys)]);
  const changed = [...names].filter((name) => before?.[name] !== keys[name]);
  if (changed.length === 0) return;
  if (before !== undefined) {
    audit.write({
      event: "config.changed",
      outcome: "ok",
      before: hashOf(before),
      after: hashOf(keys),
      detail: changed.join(", "),
    });
  }
  await writeAtomic(path, `${JSON.stringify({ version: 1, keys }, undefined, 1)}\n`);
}

function hashOf(value: unknown): string {
  const text = JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? `${inner}n` : inner));
  return sha256(text).slice(0, HASH_CHARS);
}
