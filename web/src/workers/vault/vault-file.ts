import * as v from "valibot";
import type { VaultImportReport } from "#protocol/local-secrets.ts";
import type { HostEnv } from "../host-env.ts";
import { random128 } from "../host-env.ts";
import { base64, fromBase64, utf8 } from "../keys/bytes.ts";
import { ENTRIES_MAX, refused, type Vault, type VaultResult } from "./vault.ts";
import {
  calibrateIterations,
  PBKDF2_MAX_ITERATIONS,
  PBKDF2_MIN_ITERATIONS,
  passphraseBytes,
  passphraseKey,
  SALT_BYTES,
  seal,
  unseal,
} from "./vault-crypto.ts";
import { readEntry } from "./vault-entry.ts";
import { isShort } from "./vault-words.ts";

/** Largest file that is looked at, in characters; twice what a full vault of passwords needs. */
export const VAULT_FILE_MAX_CHARS = 8 * 1024 * 1024;

const Text64 = (max: number) => v.pipe(v.string(), v.maxLength(max), v.regex(/^[A-Za-z0-9+/]+={0,2}$/));

/** The exported file: every entry sealed on its own, so that a damaged one does not take the others with it [S67]. */
const VaultFile = v.object({
  format: v.literal("rackside-vault"),
  version: v.literal(1),
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/)),
  kdf: v.object({
    name: v.literal("PBKDF2-HMAC-SHA-256"),
    iterations: v.pipe(v.number(), v.integer(), v.minValue(PBKDF2_MIN_ITERATIONS), v.maxValue(PBKDF2_MAX_ITERATIONS)),
    salt: Text64(64),
  }),
  cipher: v.literal("AES-256-GCM"),
  /** A known text under the key: tells a wrong passphrase from damaged entries. */
  check: v.object({ iv: Text64(32), data: Text64(128) }),
  records: v.pipe(
    v.array(
      v.object({
        id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/)),
        kind: v.pipe(v.string(), v.maxLength(16)),
        iv: Text64(32),
        data: Text64(64 * 1024),
      }),
    ),
    v.maxLength(ENTRIES_MAX),
  ),
});
type VaultFile = v.InferOutput<typeof VaultFile>;

const CHECK = "rackside";
const checkBound = (vault: string) => ({ vault, record: "check", kind: "check", version: 1 });

/** All entries of an open vault, under a passphrase of their own. */
export async function exportVault(
  env: Pick<HostEnv, "crypto" | "now">,
  vault: Vault,
  passphrase: string,
): Promise<VaultResult<string>> {
  const { crypto } = env;
  if (vault.phase !== "unlocked") return refused("vault_locked");
  if (isShort(passphrase)) return refused("passphrase_short");
  const id = random128(crypto);
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const iterations = await calibrateIterations(crypto.subtle, env.now);
  const key = await passphraseKey(crypto.subtle, passphraseBytes(passphrase), salt, iterations);
  const sealed = async (bound: Parameters<typeof seal>[2], plain: ReturnType<typeof utf8>) => {
    const { iv, data } = await seal(crypto, key, bound, plain);
    plain.fill(0);
    return { iv: base64(iv), data: base64(new Uint8Array(data)) };
  };
  const records: VaultFile["records"] = [];
  for (const facts of vault.entries) {
    const entry = await vault.read(facts.id);
    if (entry === undefined) return refused("vault_record");
    const bound = { vault: id, record: facts.id, kind: facts.kind, version: 1 };
    records.push({ id: facts.id, kind: facts.kind, ...(await sealed(bound, utf8(JSON.stringify(entry)))) });
  }
  const file: VaultFile = {
    format: "rackside-vault",
    version: 1,
    id,
    kdf: { name: "PBKDF2-HMAC-SHA-256", iterations, salt: base64(salt) },
    cipher: "AES-256-GCM",
    check: await sealed(checkBound(id), utf8(CHECK)),
    records,
  };
  return { ok: true, value: JSON.stringify(file) };
}

/**
 * Adds a file's entries to an open vault. Of two of the same id the one that was changed last stays; damaged ones are
 * counted and left out. When the vault takes no more, or is locked meanwhile, the report says what came in before.
 */
export async function importVault(
  env: Pick<HostEnv, "crypto">,
  vault: Vault,
  text: string,
  passphrase: string,
): Promise<VaultResult<VaultImportReport>> {
  const { crypto } = env;
  if (vault.phase !== "unlocked") return refused("vault_locked");
  if (text.length > VAULT_FILE_MAX_CHARS) return refused("vault_file_large");
  const checked = v.safeParse(VaultFile, json(text));
  if (!checked.success) return refused("vault_file");
  const file = checked.output;
  const salt = fromBase64(file.kdf.salt);
  if (salt === undefined || salt.length < SALT_BYTES) return refused("vault_file");
  const key = await passphraseKey(crypto.subtle, passphraseBytes(passphrase), salt, file.kdf.iterations);
  const open = async (bound: Parameters<typeof unseal>[2], sealed: { iv: string; data: string }) => {
    const iv = fromBase64(sealed.iv);
    const data = fromBase64(sealed.data);
    if (iv === undefined || data === undefined) return undefined;
    return unseal(crypto, key, bound, { iv, data: data.buffer });
  };
  if ((await open(checkBound(file.id), file.check)) === undefined) return refused("file_passphrase_wrong");
  const report: VaultImportReport = { imported: 0, replaced: 0, kept: 0, unreadable: 0, left_out: 0 };
  for (const [at, record] of file.records.entries()) {
    const plain = await open({ vault: file.id, record: record.id, kind: record.kind, version: 1 }, record);
    const entry = plain && readEntry(plain, record.kind);
    plain?.fill(0);
    if (entry === undefined) {
      report.unreadable++;
      continue;
    }
    const merged = await vault.merge(record.id, entry);
    if (!merged.ok && merged.error.reason === "vault_full") report.left_out++;
    else if (!merged.ok)
      return { ok: true, value: { ...report, left_out: report.left_out + file.records.length - at } };
    else if (merged.value === "kept") report.kept++;
    else report.imported++;
    if (merged.ok && merged.value === "replaced") report.replaced++;
  }
  return { ok: true, value: report };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
