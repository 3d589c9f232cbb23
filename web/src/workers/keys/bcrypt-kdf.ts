// oxlint-disable-next-line typescript/triple-slash-reference -- whoever compiles this file needs the types, whatever its tsconfig includes
/// <reference path="./bcrypt-pbkdf.d.ts" />
import { type Bytes, concat } from "./bytes.ts";
import { u32 } from "./ssh-wire.ts";

/** More rounds than anybody uses by hand (OpenSSH's default is 16 or 24) would keep the worker busy for seconds [S57]. */
export const BCRYPT_MAX_ROUNDS = 256;

/** Bytes that one run of bcrypt's hash gives. */
const BLOCK = 32;

/**
 * OpenSSH's key derivation, bcrypt_pbkdf: PBKDF2 with SHA-512 and bcrypt's hash as its function, the output spread over the
 * blocks. The hash comes from a library that is loaded for this only; between two rounds the worker serves others.
 */
export async function bcryptKey(
  subtle: SubtleCrypto,
  passphrase: Bytes,
  salt: Bytes,
  length: number,
  rounds: number,
): Promise<Bytes> {
  const { default: bcrypt } = await import("bcrypt-pbkdf");
  const sha512 = async (data: Bytes): Promise<Bytes> => new Uint8Array(await subtle.digest("SHA-512", data));
  const hash = (secret: Bytes, salted: Bytes): Bytes => {
    const out = new Uint8Array(BLOCK);
    bcrypt.hash(secret, salted, out);
    return out;
  };
  const secret = await sha512(passphrase);
  const blocks = Math.ceil(length / BLOCK);
  const key = new Uint8Array(length);
  for (let block = 0; block < blocks; block++) {
    let last = hash(secret, await sha512(concat(salt, u32(block + 1))));
    const sum = last.slice();
    for (let round = 1; round < rounds; round++) {
      last = hash(secret, await sha512(last));
      for (let i = 0; i < BLOCK; i++) sum[i] = (sum[i] ?? 0) ^ (last[i] ?? 0);
    }
    for (let i = 0; i < BLOCK; i++) if (i * blocks + block < length) key[i * blocks + block] = sum[i] ?? 0;
    sum.fill(0);
  }
  secret.fill(0);
  return key;
}
