import { decryptCbc } from "./aes.ts";
import { type Bytes, concat, fromBase64url } from "./bytes.ts";
import { context, DER, DerReader } from "./der.ts";
import { ImportError } from "./import-error.ts";
import { md5 } from "./md5.ts";
import { ecdsaJwk, ed25519Jwk, rsaJwk } from "./private-jwk.ts";
import { type Curve, ecdsaPoint } from "./ssh-public-key.ts";

const OID = {
  rsa: "1.2.840.113549.1.1.1",
  ec: "1.2.840.10045.2.1",
  ed25519: "1.3.101.112",
  dsa: "1.2.840.10040.4.1",
  pbes2: "1.2.840.113549.1.5.13",
  pbkdf2: "1.2.840.113549.1.5.12",
} as const;
const CURVE_OIDS: Readonly<Record<string, Curve>> = {
  "1.2.840.10045.3.1.7": "P-256",
  "1.3.132.0.34": "P-384",
  "1.3.132.0.35": "P-521",
};
const PRF_HASHES: Readonly<Record<string, string>> = {
  "1.2.840.113549.2.7": "SHA-1",
  "1.2.840.113549.2.9": "SHA-256",
  "1.2.840.113549.2.10": "SHA-384",
  "1.2.840.113549.2.11": "SHA-512",
};
/** Bytes of the key; AES-192 is missing in browsers. */
const CBC_OIDS: Readonly<Record<string, number>> = { "2.16.840.1.101.3.4.1.2": 16, "2.16.840.1.101.3.4.1.42": 32 };
/** Some seconds on a slow tablet. */
const PBKDF2_MAX_ITERATIONS = 5_000_000;

/** PKCS#8. Browsers differ in what they take, so that only the parts are read, and imported as a JWK. */
export async function readPkcs8(subtle: SubtleCrypto, der: Bytes): Promise<JsonWebKey> {
  const info = new DerReader(der).inside(DER.sequence);
  info.small();
  const algorithm = info.inside(DER.sequence);
  const oid = algorithm.oid();
  const key = info.take(DER.octets);
  if (oid === OID.rsa) return readPkcs1(key);
  if (oid === OID.ec) return readSec1(key, curveOf(algorithm.oid()));
  if (oid === OID.ed25519) return readEd25519(subtle, new DerReader(key).take(DER.octets));
  throw new ImportError(oid === OID.dsa ? "key_dsa" : "key_type");
}

/** PKCS#8 with a passphrase: PBES2 with PBKDF2 and AES-CBC, as OpenSSL writes it. */
export async function readEncryptedPkcs8(
  subtle: SubtleCrypto,
  der: Bytes,
  passphrase: Bytes | null,
): Promise<JsonWebKey> {
  const outer = new DerReader(der).inside(DER.sequence);
  const scheme = outer.inside(DER.sequence);
  if (scheme.oid() !== OID.pbes2) throw new ImportError("key_cipher");
  const parameters = scheme.inside(DER.sequence);
  const derivation = parameters.inside(DER.sequence);
  if (derivation.oid() !== OID.pbkdf2) throw new ImportError("key_cipher");
  const { salt, iterations, hash } = pbkdf2Of(derivation.inside(DER.sequence));
  const cipher = parameters.inside(DER.sequence);
  const bytes = CBC_OIDS[cipher.oid()];
  if (bytes === undefined) throw new ImportError("key_cipher");
  const iv = cipher.take(DER.octets);
  const data = outer.take(DER.octets);
  if (iterations > PBKDF2_MAX_ITERATIONS) throw new ImportError("key_rounds");
  if (passphrase === null || passphrase.length === 0) throw new ImportError("key_passphrase_needed");
  const secret = await subtle.importKey("raw", passphrase, "PBKDF2", false, ["deriveBits"]);
  const key = new Uint8Array(await subtle.deriveBits({ name: "PBKDF2", hash, salt, iterations }, secret, bytes * 8));
  return decrypted(subtle, key, iv, data, (plain) => readPkcs8(subtle, plain));
}

function pbkdf2Of(parameters: DerReader): { salt: Bytes; iterations: number; hash: string } {
  const salt = parameters.take(DER.octets);
  const iterations = parameters.small();
  if (parameters.next(DER.integer)) parameters.small();
  const hash = parameters.done ? "SHA-1" : PRF_HASHES[parameters.inside(DER.sequence).oid()];
  if (hash === undefined) throw new ImportError("key_cipher");
  return { salt, iterations, hash };
}

/** A wrong passphrase shows in the padding, or, once in 256 times, in what then does not parse. */
async function decrypted<T>(
  subtle: SubtleCrypto,
  key: Bytes,
  iv: Bytes,
  data: Bytes,
  read: (plain: Bytes) => T | Promise<T>,
): Promise<T> {
  const plain = await decryptCbc(subtle, key, iv, data).catch(() => null);
  key.fill(0);
  if (plain === null) throw new ImportError("key_passphrase_wrong");
  try {
    return await read(plain);
  } catch (error) {
    const damaged = !(error instanceof ImportError) || error.reason === "key_damaged";
    throw damaged ? new ImportError("key_passphrase_wrong") : error;
  } finally {
    plain.fill(0);
  }
}

/** The old way to encrypt PEM: a header names cipher and IV, and MD5 stretches the passphrase. */
export async function readLegacyPem(
  subtle: SubtleCrypto,
  data: Bytes,
  dekInfo: string,
  passphrase: Bytes | null,
  read: (plain: Bytes) => JsonWebKey,
): Promise<JsonWebKey> {
  const [, cipher = "", ivHex = ""] = /^([A-Z0-9-]+),([0-9A-Fa-f]+)$/.exec(dekInfo.trim()) ?? [];
  const bytes = { "AES-128-CBC": 16, "AES-256-CBC": 32 }[cipher];
  if (bytes === undefined) throw new ImportError("key_cipher");
  const iv = Uint8Array.from(ivHex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  if (iv.length !== 16) throw new ImportError("key_damaged");
  if (passphrase === null || passphrase.length === 0) throw new ImportError("key_passphrase_needed");
  const salted = concat(passphrase, iv.slice(0, 8));
  const first = md5(salted);
  const stretched = concat(first, md5(concat(first, salted)));
  salted.fill(0);
  return decrypted(subtle, new Uint8Array(stretched.slice(0, bytes)), iv, data, read);
}

/** PKCS#1, an RSA key of its own. */
export function readPkcs1(der: Bytes): JsonWebKey {
  const key = new DerReader(der).inside(DER.sequence);
  if (key.small() !== 0) throw new ImportError("key_type");
  const n = key.integer();
  const e = key.integer();
  const d = key.integer();
  const p = key.integer();
  const q = key.integer();
  key.integer();
  key.integer();
  return rsaJwk({ n, e, d, p, q, qi: key.integer() });
}

/** SEC 1, an ECDSA key of its own; the curve may stand outside, in PKCS#8. */
export function readSec1(der: Bytes, outside?: Curve): JsonWebKey {
  const key = new DerReader(der).inside(DER.sequence);
  key.small();
  const d = key.take(DER.octets);
  const inside = key.next(context(0)) ? curveOf(key.inside(context(0)).oid()) : undefined;
  const curve = outside ?? inside;
  if (curve === undefined) throw new ImportError("key_damaged");
  if (!key.next(context(1))) throw new ImportError("key_type");
  const bits = key.inside(context(1)).take(DER.bits);
  return ecdsaJwk(ecdsaPoint(curve, bits.slice(1)), d);
}

function curveOf(oid: string): Curve {
  const curve = CURVE_OIDS[oid];
  if (curve === undefined) throw new ImportError("key_type");
  return curve;
}

/** PKCS#8 holds the seed alone; the browser computes the public half. */
async function readEd25519(subtle: SubtleCrypto, seed: Bytes): Promise<JsonWebKey> {
  if (seed.length !== 32) throw new ImportError("key_damaged");
  const prefix = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);
  const handle = await subtle.importKey("pkcs8", concat(prefix, seed), "Ed25519", true, ["sign"]).catch(() => {
    throw new ImportError("key_browser");
  });
  const { x = "" } = await subtle.exportKey("jwk", handle);
  const point = fromBase64url(x);
  if (point === undefined) throw new ImportError("key_browser");
  return ed25519Jwk(point, seed);
}
