import { type Bytes, utf8 } from "../keys/bytes.ts";
import type { Sealed } from "../storage/tablet-store.ts";

const IV_BYTES = 12;
export const DATA_KEY_BYTES = 32;
export const SALT_BYTES = 16;
/** PBKDF2-HMAC-SHA-256: the floor, and the time it is calibrated to [S68]. */
export const PBKDF2_MIN_ITERATIONS = 600_000;
const PBKDF2_TARGET_MS = 300;
/** A device that claims to be faster than this measured wrongly; also the most that an imported file may ask for. */
export const PBKDF2_MAX_ITERATIONS = 10_000_000;
const PROBE_ITERATIONS = 100_000;

/** What a sealed record is bound to: moved elsewhere or exchanged, it does not open [S67]. */
export type Bound = { vault: string; record: string; kind: string; version: number };

function aad({ vault, record, kind, version }: Bound): Bytes {
  // JSON keeps the fields apart, whatever is in them.
  return utf8(JSON.stringify(["rackside vault v1", vault, record, kind, version]));
}

export async function seal(crypto: Crypto, key: CryptoKey, bound: Bound, plain: Bytes): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: aad(bound) }, key, plain);
  return { iv, data };
}

/** Undefined when the key, the place or the content is not the one that was sealed. */
export async function unseal(
  crypto: Crypto,
  key: CryptoKey,
  bound: Bound,
  { iv, data }: Sealed,
): Promise<Bytes | undefined> {
  try {
    const how = { name: "AES-GCM", iv, additionalData: aad(bound) };
    return new Uint8Array(await crypto.subtle.decrypt(how, key, data));
  } catch {
    return undefined;
  }
}

/** A handle that can be used and not be read. */
export function aesHandle(subtle: SubtleCrypto, raw: Bytes): Promise<CryptoKey> {
  return subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** Bytes of a passphrase: the same text in the same bytes, whichever keyboard it came from. */
export function passphraseBytes(text: string): Bytes {
  return utf8(text.normalize("NFC"));
}

/** The wrapping key of a passphrase [S68]. */
export async function passphraseKey(
  subtle: SubtleCrypto,
  passphrase: Bytes,
  salt: Bytes,
  iterations: number,
): Promise<CryptoKey> {
  const secret = await subtle.importKey("raw", passphrase, "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return subtle.deriveKey(how, secret, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** The wrapping key of a passkey: what WebAuthn's PRF gave for this vault's salt [S69]. */
export async function passkeyKey(subtle: SubtleCrypto, prf: Bytes, vault: string): Promise<CryptoKey> {
  const secret = await subtle.importKey("raw", prf, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: utf8(vault), info: utf8("rackside vault passkey v1") };
  return subtle.deriveKey(how, secret, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** Iterations that take this device the wanted time, never below the floor [S68]. */
export async function calibrateIterations(subtle: SubtleCrypto, now: () => number): Promise<number> {
  const salt = new Uint8Array(SALT_BYTES);
  const started = now();
  await passphraseKey(subtle, utf8("calibration"), salt, PROBE_ITERATIONS);
  return iterationsFor(now() - started);
}

/** `ms`: what {@link PROBE_ITERATIONS} took; a clock that did not move measured nothing. */
export function iterationsFor(ms: number): number {
  if (ms <= 0) return PBKDF2_MIN_ITERATIONS;
  const wanted = Math.round((PBKDF2_TARGET_MS / ms) * PROBE_ITERATIONS);
  return Math.min(PBKDF2_MAX_ITERATIONS, Math.max(PBKDF2_MIN_ITERATIONS, wanted));
}
