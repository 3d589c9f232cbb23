/** Keys and signatures of paired clients: ECDSA P-256 with SHA-256, r and s side by side as WebCrypto writes them [S7] [S19]. */
import { createHash, createPublicKey, verify } from "node:crypto";

/** SubjectPublicKeyInfo of a P-256 key up to its point (RFC 5480). */
const SPKI_PREFIX = Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex");
const RAW_POINT_BYTES = 65;
const SIGNATURE_BYTES = 64;

/** The key as SubjectPublicKeyInfo, from that or from a raw point; undefined when it is neither or not on the curve. */
export function readClientKey(base64url: string): Buffer | undefined {
  const bytes = Buffer.from(base64url, "base64url");
  const spki = bytes.length === RAW_POINT_BYTES ? Buffer.concat([SPKI_PREFIX, bytes]) : bytes;
  if (spki.length !== SPKI_PREFIX.length + RAW_POINT_BYTES) return undefined;
  if (!spki.subarray(0, SPKI_PREFIX.length).equals(SPKI_PREFIX)) return undefined;
  try {
    createPublicKey({ key: spki, format: "der", type: "spki" });
    return spki;
  } catch {
    return undefined;
  }
}

/** False for every malformed key or signature [S2]. */
export function verifySignature(spki: Buffer, claim: Uint8Array, signature: string): boolean {
  const bytes = Buffer.from(signature, "base64url");
  if (bytes.length !== SIGNATURE_BYTES) return false;
  try {
    const key = createPublicKey({ key: spki, format: "der", type: "spki" });
    return verify("sha256", claim, { key, dsaEncoding: "ieee-p1363" }, bytes);
  } catch {
    return false;
  }
}

/** Fingerprint of a stored key, in the form that SSH uses. */
export function keyFingerprint(publicKey: string): string {
  const hash = createHash("sha256").update(Buffer.from(publicKey, "base64url")).digest("base64");
  return `SHA256:${hash.replace(/=+$/, "")}`;
}
