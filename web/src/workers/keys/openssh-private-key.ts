import { decryptCbcUnpadded, decryptCtr, decryptGcm } from "./aes.ts";
import { BCRYPT_MAX_ROUNDS, bcryptKey } from "./bcrypt-kdf.ts";
import { type Bytes, concat, sameBytes, utf8 } from "./bytes.ts";
import { ImportError } from "./import-error.ts";
import { ecdsaJwk, ed25519Jwk, rsaJwk } from "./private-jwk.ts";
import { CURVES, curveOf, ecdsaPoint, publicBlob, publicKeyOf } from "./ssh-public-key.ts";
import { SshReader } from "./ssh-wire.ts";

/** A private key and what its file calls it. */
export type PrivateKey = { jwk: JsonWebKey; comment: string };

const MAGIC = "openssh-key-v1\0";
const KEY_BYTES = 32;
type Cipher = { iv: number; tag: number; block: number; decrypt: typeof decryptCtr };
const CIPHERS: Readonly<Record<string, Cipher>> = {
  "aes256-ctr": { iv: 16, tag: 0, block: 16, decrypt: decryptCtr },
  "aes256-cbc": { iv: 16, tag: 0, block: 16, decrypt: decryptCbcUnpadded },
  "aes256-gcm@openssh.com": { iv: 12, tag: 16, block: 16, decrypt: decryptGcm },
};

/** OpenSSH's own file format (PROTOCOL.key), after its base64 was decoded. */
export async function readOpensshKey(subtle: SubtleCrypto, file: Bytes, passphrase: Bytes | null): Promise<PrivateKey> {
  const magic = utf8(MAGIC);
  if (!sameBytes(file.slice(0, magic.length), magic)) throw new ImportError("key_damaged");
  const reader = new SshReader(file.slice(magic.length));
  const cipher = reader.text();
  const kdf = reader.text();
  const kdfOptions = reader.string();
  if (reader.u32() !== 1) throw new ImportError("key_several");
  const publicPart = reader.string();
  refuseType(new SshReader(publicPart).text());
  const sealed = reader.string();
  const { secrets, encrypted } = await unseal(subtle, { cipher, kdf, kdfOptions, sealed, reader, passphrase });
  const key = readSecrets(secrets, encrypted);
  secrets.fill(0);
  if (!sameBytes(publicBlob(publicKeyOf(key.jwk)), publicPart)) throw new ImportError("key_damaged");
  return key;
}

/** Keys that this app cannot use, each with its own reason [S57]. */
export function refuseType(type: string): void {
  if (type.includes("-cert-v")) throw new ImportError("key_certificate");
  if (type.startsWith("sk-")) throw new ImportError("key_hardware");
  if (type === "ssh-dss") throw new ImportError("key_dsa");
  if (type !== "ssh-rsa" && type !== "ssh-ed25519" && curveOf(type) === undefined) throw new ImportError("key_type");
}

type Sealed = {
  cipher: string;
  kdf: string;
  kdfOptions: Bytes;
  sealed: Bytes;
  reader: SshReader;
  passphrase: Bytes | null;
};

async function unseal(subtle: SubtleCrypto, file: Sealed): Promise<{ secrets: Bytes; encrypted: boolean }> {
  const { cipher, kdf, kdfOptions, sealed, reader, passphrase } = file;
  if (cipher === "none" && kdf === "none") {
    reader.end();
    return { secrets: sealed, encrypted: false };
  }
  const how = CIPHERS[cipher];
  if (how === undefined || kdf !== "bcrypt") throw new ImportError("key_cipher");
  const options = new SshReader(kdfOptions);
  const salt = options.string();
  const rounds = options.u32();
  if (rounds > BCRYPT_MAX_ROUNDS) throw new ImportError("key_rounds");
  const tag = reader.bytes(how.tag);
  reader.end();
  if (rounds < 1 || salt.length === 0 || sealed.length === 0 || sealed.length % how.block !== 0) {
    throw new ImportError("key_damaged");
  }
  if (passphrase === null || passphrase.length === 0) throw new ImportError("key_passphrase_needed");
  const stretched = await bcryptKey(subtle, passphrase, salt, KEY_BYTES + how.iv, rounds);
  const key = new Uint8Array(stretched.slice(0, KEY_BYTES));
  const iv = new Uint8Array(stretched.slice(KEY_BYTES));
  try {
    return { secrets: await how.decrypt(subtle, key, iv, concat(sealed, tag)), encrypted: true };
  } catch {
    throw new ImportError("key_passphrase_wrong");
  } finally {
    stretched.fill(0);
    key.fill(0);
  }
}

function readSecrets(secrets: Bytes, encrypted: boolean): PrivateKey {
  const reader = new SshReader(secrets);
  // The same random number twice: a wrong passphrase does not give that.
  const [check, again] = [reader.u32(), reader.u32()];
  if (check !== again) throw new ImportError(encrypted ? "key_passphrase_wrong" : "key_damaged");
  const type = reader.text();
  refuseType(type);
  const jwk = readParts(type, reader);
  const comment = reader.text();
  for (let i = 1; reader.left > 0; i++) if (reader.byte() !== (i & 0xff)) throw new ImportError("key_damaged");
  return { jwk, comment };
}

function readParts(type: string, reader: SshReader): JsonWebKey {
  if (type === "ssh-ed25519") {
    const point = reader.string();
    const seedAndPoint = reader.string();
    if (point.length !== 32 || seedAndPoint.length !== 64) throw new ImportError("key_damaged");
    return ed25519Jwk(point, new Uint8Array(seedAndPoint.slice(0, 32)));
  }
  const curve = curveOf(type);
  if (curve !== undefined) {
    if (reader.text() !== CURVES[curve].ssh) throw new ImportError("key_damaged");
    const key = ecdsaPoint(curve, reader.string());
    return ecdsaJwk(key, reader.mpint());
  }
  const n = reader.mpint();
  const e = reader.mpint();
  const d = reader.mpint();
  const qi = reader.mpint();
  const p = reader.mpint();
  return rsaJwk({ n, e, d, qi, p, q: reader.mpint() });
}
