import { base64url } from "../host-env.ts";
import { type Bytes, fromBigInt, leftPad, toBigInt } from "./bytes.ts";
import { ImportError } from "./import-error.ts";
import { bitsOf, CURVES, publicJwk, type SshPublicKey } from "./ssh-public-key.ts";

/** Shorter RSA keys can be broken by those with the means [S57]. */
const RSA_MIN_BITS = 2_048;
/** WebCrypto's limit in some browsers, and more than any device takes. */
const RSA_MAX_BITS = 8_192;

/** The private halves as WebCrypto takes them; public parts come along, since it wants both. */
export function ed25519Jwk(point: Bytes, seed: Bytes): JsonWebKey {
  return { ...publicJwk({ type: "ssh-ed25519", point }), d: base64url(seed) };
}

export function ecdsaJwk(key: Extract<SshPublicKey, { type: "ecdsa" }>, d: Bytes): JsonWebKey {
  return { ...publicJwk(key), d: base64url(leftPad(d, CURVES[key.curve].bytes)) };
}

/** `dp` and `dq` are computed: OpenSSH files do not have them. */
export function rsaJwk(parts: { n: Bytes; e: Bytes; d: Bytes; p: Bytes; q: Bytes; qi: Bytes }): JsonWebKey {
  const { n, e, d, p, q, qi } = parts;
  const bits = bitsOf({ type: "ssh-rsa", e, n });
  if (bits < RSA_MIN_BITS) throw new ImportError("key_short");
  if (bits > RSA_MAX_BITS) throw new ImportError("key_type");
  const [dNumber, pNumber, qNumber] = [toBigInt(d), toBigInt(p), toBigInt(q)];
  if (pNumber < 2n || qNumber < 2n) throw new ImportError("key_damaged");
  return {
    ...publicJwk({ type: "ssh-rsa", e, n }),
    d: base64url(d),
    p: base64url(p),
    q: base64url(q),
    dp: base64url(fromBigInt(dNumber % (pNumber - 1n))),
    dq: base64url(fromBigInt(dNumber % (qNumber - 1n))),
    qi: base64url(qi),
  };
}
