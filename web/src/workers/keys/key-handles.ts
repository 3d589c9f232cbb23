import { base64url } from "../host-env.ts";
import type { Bytes } from "./bytes.ts";
import { ImportError } from "./import-error.ts";
import { type Curve, publicBlob, publicKeyOf, type SshPublicKey, typeOf } from "./ssh-public-key.ts";
import {
  cryptoAlgorithm,
  signatureAlgorithms,
  signatureBlob,
  signatureBody,
  verifySignature,
} from "./ssh-signature.ts";

/** Kinds of keys that this app makes, best first; the last is for platforms that take nothing else [S52]. */
export const KEY_KINDS = ["ed25519", "ecdsa-p256", "rsa-3072"] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

const RSA_BITS = 3_072;
const RSA_EXPONENT = Uint8Array.of(1, 0, 1);
const P256: Curve = "P-256";

/** A key that can sign and cannot be read: one handle per algorithm, since WebCrypto ties an RSA key to its hash. */
export type KeyHandles = { blob: Bytes; handles: Readonly<Record<string, CryptoKey>> };

/** Makes a key of which nobody ever sees the private half [S52]. */
export async function generateHandles(subtle: SubtleCrypto, kind: KeyKind): Promise<KeyHandles> {
  if (kind === "rsa-3072") return generateRsa(subtle);
  const algorithm = kind === "ed25519" ? { name: "Ed25519" } : { name: "ECDSA", namedCurve: P256 };
  const pair = (await subtle.generateKey(algorithm, false, ["sign", "verify"])) as CryptoKeyPair;
  const key = publicKeyOf(await subtle.exportKey("jwk", pair.publicKey));
  return { blob: publicBlob(key), handles: { [typeOf(key)]: pair.privateKey } };
}

/** The private half leaves WebCrypto once, as bytes that are overwritten: a handle for each hash has to be made of it. */
async function generateRsa(subtle: SubtleCrypto): Promise<KeyHandles> {
  const made = await subtle.generateKey(
    { name: "RSASSA-PKCS1-v1_5", modulusLength: RSA_BITS, publicExponent: RSA_EXPONENT, hash: "SHA-256" },
    true,
    ["sign", "verify"],
  );
  const pkcs8 = new Uint8Array(await subtle.exportKey("pkcs8", made.privateKey));
  try {
    const key = publicKeyOf(await subtle.exportKey("jwk", made.publicKey));
    return { blob: publicBlob(key), handles: await handlesOf(subtle, key, "pkcs8", pkcs8) };
  } finally {
    pkcs8.fill(0);
  }
}

/** Handles of an imported key; the private half must sign what the public one verifies. Throws {@link ImportError}. */
export async function importHandles(subtle: SubtleCrypto, jwk: JsonWebKey): Promise<KeyHandles> {
  const key = publicKeyOf(jwk);
  const blob = publicBlob(key);
  const handles = await handlesOf(subtle, key, "jwk", jwk).catch((error: unknown) => {
    const unknown = error instanceof DOMException && error.name === "NotSupportedError";
    throw new ImportError(unknown ? "key_browser" : "key_damaged");
  });
  const [algorithm = ""] = signatureAlgorithms(typeOf(key));
  if (!(await fits(subtle, { blob, handles }, algorithm))) throw new ImportError("key_damaged");
  return { blob, handles };
}

async function handlesOf(
  subtle: SubtleCrypto,
  key: SshPublicKey,
  ...source: ["pkcs8", Bytes] | ["jwk", JsonWebKey]
): Promise<Record<string, CryptoKey>> {
  const handles: Record<string, CryptoKey> = {};
  for (const algorithm of signatureAlgorithms(typeOf(key))) {
    const how = cryptoAlgorithm(algorithm)?.import as EcKeyImportParams | undefined;
    if (how === undefined) throw new ImportError("key_type");
    const [format, data] = source;
    handles[algorithm] =
      format === "jwk"
        ? await subtle.importKey(format, data, how, false, ["sign"])
        : await subtle.importKey(format, data, how, false, ["sign"]);
  }
  return handles;
}

/** Signs; the result is what SSH writes behind the algorithm's name. Undefined when the key has no handle for that. */
export async function signWith(
  subtle: SubtleCrypto,
  key: KeyHandles,
  algorithm: string,
  data: Bytes,
): Promise<Bytes | undefined> {
  const how = cryptoAlgorithm(algorithm);
  const handle = Object.hasOwn(key.handles, algorithm) ? key.handles[algorithm] : undefined;
  if (how === undefined || handle === undefined) return undefined;
  return signatureBody(algorithm, new Uint8Array(await subtle.sign(how.sign, handle, data)));
}

/** Whether the key signs what its own public half verifies. */
async function fits(subtle: SubtleCrypto, key: KeyHandles, algorithm: string): Promise<boolean> {
  const body = await signWith(subtle, key, algorithm, key.blob);
  return body !== undefined && verifySignature(subtle, key.blob, signatureBlob(algorithm, body), key.blob);
}

/** Which kinds this browser can make: found out by making one, never by its name [S52]. */
export async function supportedKinds(subtle: SubtleCrypto): Promise<readonly KeyKind[]> {
  const probe = async (kind: KeyKind): Promise<boolean> => {
    // RSA takes seconds to make on a tablet, and every browser has it.
    if (kind === "rsa-3072") return true;
    try {
      const key = await generateHandles(subtle, kind);
      const [algorithm = ""] = Object.keys(key.handles);
      return await fits(subtle, key, algorithm);
    } catch {
      return false;
    }
  };
  const found = await Promise.all(KEY_KINDS.map(async (kind) => ((await probe(kind)) ? [kind] : [])));
  return found.flat();
}

/** Name of a key in storage and messages: of its public half, so that the same key is one entry. */
export async function keyId(subtle: SubtleCrypto, blob: Bytes): Promise<string> {
  const digest = new Uint8Array(await subtle.digest("SHA-256", blob));
  return base64url(digest.slice(0, 16));
}
