import { type Bytes, concat, leftPad, toBigInt } from "./bytes.ts";
import { CURVES, type Curve, parsePublicBlob, publicJwk, type SshPublicKey, typeOf } from "./ssh-public-key.ts";
import { mpint, SshReader, sshString, WireError } from "./ssh-wire.ts";

/** Hash of each RSA signature algorithm; SHA-1 is for devices that know nothing else [S61]. */
export const RSA_HASHES: Readonly<Record<string, "SHA-512" | "SHA-256" | "SHA-1">> = {
  "rsa-sha2-512": "SHA-512",
  "rsa-sha2-256": "SHA-256",
  "ssh-rsa": "SHA-1",
};

/** Algorithms with which a key of this type may sign, best first. */
export function signatureAlgorithms(type: string): readonly string[] {
  return type === "ssh-rsa" ? Object.keys(RSA_HASHES) : [type];
}

/** What WebCrypto calls the algorithm; undefined for DSA and unknown ones. */
export function cryptoAlgorithm(
  algorithm: string,
): { import: KeyParams; sign: AlgorithmIdentifier | EcdsaParams } | undefined {
  const hash = RSA_HASHES[algorithm];
  if (hash !== undefined) {
    return { import: { name: "RSASSA-PKCS1-v1_5", hash }, sign: { name: "RSASSA-PKCS1-v1_5" } };
  }
  if (algorithm === "ssh-ed25519") return { import: { name: "Ed25519" }, sign: { name: "Ed25519" } };
  const curve = (Object.keys(CURVES) as Curve[]).find((one) => CURVES[one].type === algorithm);
  if (curve === undefined) return undefined;
  return { import: { name: "ECDSA", namedCurve: curve }, sign: { name: "ECDSA", hash: CURVES[curve].hash } };
}
export type KeyParams = { name: string; hash?: string; namedCurve?: string };

/** A signature that WebCrypto made, as SSH writes it behind the algorithm's name: ECDSA's two halves become numbers. */
export function signatureBody(algorithm: string, raw: Uint8Array): Bytes {
  if (!algorithm.startsWith("ecdsa-")) return new Uint8Array(raw);
  const half = raw.length / 2;
  return concat(mpint(raw.slice(0, half)), mpint(raw.slice(half)));
}

/** SSH's whole form: the algorithm's name, then the signature. */
export function signatureBlob(algorithm: string, body: Uint8Array): Bytes {
  return concat(sshString(algorithm), sshString(body));
}

type Signature = { algorithm: string; raw: Bytes };

/** Takes SSH's form apart, into what WebCrypto verifies. Throws {@link WireError}. */
function parseSignature(blob: Uint8Array, key: SshPublicKey): Signature {
  const reader = new SshReader(blob);
  const algorithm = reader.text();
  const body = reader.string();
  reader.end();
  if (!signatureAlgorithms(typeOf(key)).includes(algorithm)) {
    throw new WireError(`A ${typeOf(key)} key does not sign with ${algorithm}.`);
  }
  if (key.type === "ecdsa") {
    const numbers = new SshReader(body);
    const [r, s] = [numbers.mpint(), numbers.mpint()];
    numbers.end();
    const { bytes } = CURVES[key.curve];
    if (r.length > bytes || s.length > bytes) throw new WireError("The signature is too long.");
    return { algorithm, raw: concat(leftPad(r, bytes), leftPad(s, bytes)) };
  }
  // Some servers leave out leading zeros of an RSA signature (RFC 8332 asks receivers to bear it).
  if (key.type === "ssh-rsa") return { algorithm, raw: leftPad(body, key.n.length) };
  return { algorithm, raw: body };
}

/**
 * Whether `signature`, in SSH's form, was made over `data` with the key `blob`. False for whatever is damaged, does not
 * fit or cannot be checked [S2].
 */
export async function verifySignature(
  subtle: SubtleCrypto,
  blob: Uint8Array,
  signature: Uint8Array,
  data: Bytes,
): Promise<boolean> {
  try {
    const key = parsePublicBlob(blob);
    const { algorithm, raw } = parseSignature(signature, key);
    if (key.type === "ssh-dss") return await verifyDsa(subtle, key, raw, data);
    if (key.type === "ssh-ed25519") return await verifyEd25519(subtle, key, raw, data);
    const how = cryptoAlgorithm(algorithm);
    if (how === undefined) return false;
    const handle = await subtle.importKey("jwk", publicJwk(key), how.import, false, ["verify"]);
    return await subtle.verify(how.sign, handle, raw, data);
  } catch {
    return false;
  }
}

type Part<T extends SshPublicKey["type"]> = Extract<SshPublicKey, { type: T }>;

/** WebCrypto where it has Ed25519; a browser without it must still be able to tell an honest host from another. */
async function verifyEd25519(
  subtle: SubtleCrypto,
  key: Part<"ssh-ed25519">,
  raw: Bytes,
  data: Bytes,
): Promise<boolean> {
  const handle = await subtle.importKey("raw", key.point, { name: "Ed25519" }, false, ["verify"]).catch(() => null);
  if (handle !== null) return subtle.verify({ name: "Ed25519" }, handle, raw, data);
  const { default: nacl } = await import("tweetnacl");
  return raw.length === nacl.sign.signatureLength && nacl.sign.detached.verify(data, raw, key.point);
}

/** DSA as SSH has it: SHA-1, r and s of 20 bytes (RFC 4253, section 6.6). WebCrypto has none; verifying needs no secret. */
async function verifyDsa(subtle: SubtleCrypto, key: Part<"ssh-dss">, raw: Bytes, data: Bytes): Promise<boolean> {
  const [p, q, g, y] = [toBigInt(key.p), toBigInt(key.q), toBigInt(key.g), toBigInt(key.y)];
  if (raw.length !== 40 || key.q.length !== 20 || key.p.length > DSA_MAX_BYTES) return false;
  const [r, s] = [toBigInt(raw.slice(0, 20)), toBigInt(raw.slice(20))];
  if (r <= 0n || r >= q || s <= 0n || s >= q || y <= 1n || y >= p || g <= 1n || g >= p) return false;
  const hash = toBigInt(new Uint8Array(await subtle.digest("SHA-1", data)));
  // By Fermat: q is a prime, and for one that is not the comparison below fails.
  const w = power(s, q - 2n, q);
  const v = ((power(g, (hash * w) % q, p) * power(y, (r * w) % q, p)) % p) % q;
  return v === r;
}
/** Largest prime of a DSA key: 3072 bits. */
const DSA_MAX_BYTES = 384;

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
