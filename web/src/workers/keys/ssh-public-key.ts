import { base64url } from "../host-env.ts";
import { type Bytes, base64, concat, fromBase64url, leftPad } from "./bytes.ts";
import { mpint, SshReader, sshString, WireError } from "./ssh-wire.ts";

/** Types of user keys that this app makes or imports. */
export const USER_KEY_TYPES = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "ssh-rsa",
] as const;
export type UserKeyType = (typeof USER_KEY_TYPES)[number];

export type Curve = "P-256" | "P-384" | "P-521";
/** Per curve: SSH's name, bytes of a coordinate, and the hash that goes with it (RFC 5656, section 6.2.1). */
export const CURVES: Readonly<
  Record<Curve, { ssh: string; type: UserKeyType; bytes: number; hash: string; bits: number }>
> = {
  "P-256": { ssh: "nistp256", type: "ecdsa-sha2-nistp256", bytes: 32, hash: "SHA-256", bits: 256 },
  "P-384": { ssh: "nistp384", type: "ecdsa-sha2-nistp384", bytes: 48, hash: "SHA-384", bits: 384 },
  "P-521": { ssh: "nistp521", type: "ecdsa-sha2-nistp521", bytes: 66, hash: "SHA-512", bits: 521 },
};
const ED25519_BYTES = 32;
const UNCOMPRESSED_POINT = 4;

/** A public key by its parts. DSA appears as a host key of very old devices only. */
export type SshPublicKey =
  | { type: "ssh-ed25519"; point: Bytes }
  | { type: "ecdsa"; curve: Curve; x: Bytes; y: Bytes }
  | { type: "ssh-rsa"; e: Bytes; n: Bytes }
  | { type: "ssh-dss"; p: Bytes; q: Bytes; g: Bytes; y: Bytes };

/** SSH's wire form of a public key: what a fingerprint is taken of, and what stands in authorized_keys. */
export function publicBlob(key: SshPublicKey): Bytes {
  if (key.type === "ssh-ed25519") return concat(sshString(key.type), sshString(key.point));
  if (key.type === "ssh-rsa") return concat(sshString(key.type), mpint(key.e), mpint(key.n));
  if (key.type === "ssh-dss")
    return concat(sshString(key.type), mpint(key.p), mpint(key.q), mpint(key.g), mpint(key.y));
  const { ssh, type, bytes } = CURVES[key.curve];
  const point = concat(Uint8Array.of(UNCOMPRESSED_POINT), leftPad(key.x, bytes), leftPad(key.y, bytes));
  return concat(sshString(type), sshString(ssh), sshString(point));
}

/** Takes SSH's wire form apart. Throws {@link WireError} for what is damaged or of a type that is not known. */
export function parsePublicBlob(blob: Uint8Array): SshPublicKey {
  const reader = new SshReader(blob);
  const key = parts(reader, reader.text());
  reader.end();
  return key;
}

/** The key's parts, after its type; for blobs and for private keys that repeat them. */
function parts(reader: SshReader, type: string): SshPublicKey {
  if (type === "ssh-ed25519") {
    const point = reader.string();
    if (point.length !== ED25519_BYTES) throw new WireError("An Ed25519 key has 32 bytes.");
    return { type, point };
  }
  if (type === "ssh-rsa") {
    const e = reader.mpint();
    return { type, e, n: reader.mpint() };
  }
  if (type === "ssh-dss") {
    const p = reader.mpint();
    const q = reader.mpint();
    const g = reader.mpint();
    return { type, p, q, g, y: reader.mpint() };
  }
  const curve = curveOf(type);
  if (curve === undefined) throw new WireError(`A key of type ${type} is not known.`);
  if (reader.text() !== CURVES[curve].ssh) throw new WireError("The curve does not fit the key's type.");
  return ecdsaPoint(curve, reader.string());
}

/** An uncompressed point, which is the only form that SSH uses. */
export function ecdsaPoint(curve: Curve, point: Uint8Array): Extract<SshPublicKey, { type: "ecdsa" }> {
  const { bytes } = CURVES[curve];
  if (point.length !== 1 + 2 * bytes || point[0] !== UNCOMPRESSED_POINT) {
    throw new WireError("The key's point is not in the form that SSH uses.");
  }
  return {
    type: "ecdsa",
    curve,
    x: new Uint8Array(point.slice(1, 1 + bytes)),
    y: new Uint8Array(point.slice(1 + bytes)),
  };
}

export function curveOf(type: string): Curve | undefined {
  return (Object.keys(CURVES) as Curve[]).find((curve) => CURVES[curve].type === type);
}

/** SSH's name of the key's type. */
export function typeOf(key: SshPublicKey): string {
  return key.type === "ecdsa" ? CURVES[key.curve].type : key.type;
}

/** Size as people speak of it: of the curve, or of the modulus. */
export function bitsOf(key: SshPublicKey): number {
  if (key.type === "ssh-ed25519") return 256;
  if (key.type === "ecdsa") return CURVES[key.curve].bits;
  const modulus = key.type === "ssh-rsa" ? key.n : key.p;
  const [top = 0] = modulus;
  return Math.max(0, (modulus.length - 1) * 8 + (32 - Math.clz32(top)));
}

/** The public half as WebCrypto takes it. */
export function publicJwk(key: Exclude<SshPublicKey, { type: "ssh-dss" }>): JsonWebKey {
  if (key.type === "ssh-ed25519") return { kty: "OKP", crv: "Ed25519", x: base64url(key.point) };
  if (key.type === "ssh-rsa") return { kty: "RSA", e: base64url(key.e), n: base64url(key.n) };
  const { bytes } = CURVES[key.curve];
  return { kty: "EC", crv: key.curve, x: base64url(leftPad(key.x, bytes)), y: base64url(leftPad(key.y, bytes)) };
}

/** The public half of a JWK, public or private. Throws {@link WireError} when it is none that SSH knows. */
export function publicKeyOf(jwk: JsonWebKey): SshPublicKey {
  const field = (name: "x" | "y" | "e" | "n"): Bytes => {
    const bytes = fromBase64url(jwk[name] ?? "");
    if (bytes === undefined || bytes.length === 0) throw new WireError(`The key has no ${name}.`);
    return bytes;
  };
  if (jwk.kty === "OKP" && jwk.crv === "Ed25519") return { type: "ssh-ed25519", point: field("x") };
  if (jwk.kty === "RSA") return { type: "ssh-rsa", e: field("e"), n: field("n") };
  const curve = (Object.keys(CURVES) as Curve[]).find((one) => one === jwk.crv);
  if (jwk.kty === "EC" && curve !== undefined) return { type: "ecdsa", curve, x: field("x"), y: field("y") };
  throw new WireError("The key is of a kind that SSH does not know.");
}

/** `SHA256:` and base64 without padding, as OpenSSH prints it. */
export async function fingerprint(subtle: SubtleCrypto, blob: Bytes): Promise<string> {
  const digest = new Uint8Array(await subtle.digest("SHA-256", blob));
  return `SHA256:${base64(digest).replace(/=+$/, "")}`;
}
