/** Keys that somebody else signs with: the page, or the agent of the proxy's host [S52] [S60]. */

/** A signature as SSH carries it behind the algorithm's name, or why there is none. */
export type SignAnswer = { signature: Buffer } | { refused: string };

export type SigningKey = {
  /** The page's name for it, or the agent's fingerprint. */
  id: string;
  /** SSH type, such as `ssh-ed25519`. */
  type: string;
  /** Wire blob of RFC 4253 section 6.6. */
  publicKey: Buffer;
  /** Signs `blob`, the request of RFC 4252 section 7, with the algorithm named in it. */
  sign(blob: Buffer, algorithm: string): Promise<SignAnswer>;
};

const KEY_TYPES = /^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa)$/;
const CURVE_BYTES: Readonly<Record<string, number>> = { "256": 32, "384": 48, "521": 66 };
const ED25519_BYTES = 64;
/** RSA of 16384 bits: far beyond what any device takes. */
const RSA_MAX_BYTES = 2_048;
const RSA_MIN_BYTES = 128;

/** Types that can log in; certificates and hardware keys cannot [S57]. */
export function isKeyType(type: string): boolean {
  return KEY_TYPES.test(type);
}

/** The one algorithm that ssh2 offers an RSA key with, by what the device announced; nothing announced: the oldest [S56]. */
export function rsaAlgorithm(announced: readonly string[] | undefined): string {
  const known = ["rsa-sha2-256", "rsa-sha2-512"].find((name) => announced?.includes(name));
  return known ?? "ssh-rsa";
}

/** The algorithm that ssh2 has put into the request, by the hash that it asks for. */
export function algorithmOf(type: string, hash: string | undefined): string {
  if (type !== "ssh-rsa") return type;
  if (hash === "sha256") return "rsa-sha2-256";
  return hash === "sha512" ? "rsa-sha2-512" : "ssh-rsa";
}

/** Two mpints that fill the bytes exactly, each of at most the curve's size with its sign byte. */
function isEcdsa(signature: Buffer, max: number): boolean {
  let at = 0;
  for (let part = 0; part < 2; part += 1) {
    if (at + 4 > signature.length) return false;
    const length = signature.readUInt32BE(at);
    if (length === 0 || length > max + 1 || at + 4 + length > signature.length) return false;
    at += 4 + length;
  }
  return at === signature.length;
}

/**
 * Whether bytes can be a signature of that key type. ssh2 throws out of a callback, where nobody catches, when it cannot
 * convert what it is given: nothing else may reach it.
 */
export function hasSignatureShape(type: string, signature: Buffer): boolean {
  if (type === "ssh-ed25519") return signature.length === ED25519_BYTES;
  if (type === "ssh-rsa") return signature.length >= RSA_MIN_BYTES && signature.length <= RSA_MAX_BYTES;
  const bytes = CURVE_BYTES[/^ecdsa-sha2-nistp(\d+)$/.exec(type)?.[1] ?? ""];
  return bytes !== undefined && isEcdsa(signature, bytes);
}
