/**
 * What a client key signs: fields written as `u32 length | bytes`, so that no two sets of fields share their bytes, and
 * headed by a purpose, so that a signature made for one use is worth nothing for another [S7] [S19].
 */
export const HELLO_PURPOSE = "rackside hello v1";
export const PAIRING_PURPOSE = "rackside pairing v1";
export const SIGN_OUT_PURPOSE = "rackside sign-out v1";
export const RENEWAL_PURPOSE = "rackside renewal v1";

const encoder = new TextEncoder();

function join(fields: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const parts = fields.map((field) => (typeof field === "string" ? encoder.encode(field) : field));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length);
    bytes.set(part, at + 4);
    at += 4 + part.length;
  }
  return bytes;
}

export type HelloClaim = {
  /** The challenge's nonce as it came, base64url. */
  nonce: string;
  /** The page's origin, `https://host:port` without a trailing slash. */
  origin: string;
  client_id: string;
  instance_id: string;
  attempt: number;
};

/** Bytes that `hello.sig` signs (ECDSA P-256 with SHA-256, base64url of r and s) [S19]. */
export function helloClaim(claim: HelloClaim): Uint8Array<ArrayBuffer> {
  return join([HELLO_PURPOSE, claim.nonce, claim.origin, claim.client_id, claim.instance_id, String(claim.attempt)]);
}

export type PairingClaim = {
  origin: string;
  /** SHA-256 of the pairing code's UTF-8 bytes: the code itself need not be at hand to check the signature [S6]. */
  codeHash: Uint8Array;
  /** The client's public key, SubjectPublicKeyInfo. */
  publicKey: Uint8Array;
};

/** Bytes that the signature of a pairing request covers [S7]. */
export function pairingClaim(claim: PairingClaim): Uint8Array<ArrayBuffer> {
  return join([PAIRING_PURPOSE, claim.origin, claim.codeHash, claim.publicKey]);
}

/** Bytes that the signature of a sign-out covers; the nonce is the one of `GET /api/me` [S9] [S11]. */
export function signOutClaim(claim: Pick<HelloClaim, "nonce" | "origin" | "client_id">): Uint8Array<ArrayBuffer> {
  return join([SIGN_OUT_PURPOSE, claim.nonce, claim.origin, claim.client_id]);
}

/** Bytes that the signature of a request for a new cookie covers; the nonce is the one of `GET /api/me` [S8] [S9]. */
export function renewalClaim(claim: Pick<HelloClaim, "nonce" | "origin" | "client_id">): Uint8Array<ArrayBuffer> {
  return join([RENEWAL_PURPOSE, claim.nonce, claim.origin, claim.client_id]);
}
