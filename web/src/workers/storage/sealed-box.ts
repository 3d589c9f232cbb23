import { base64url } from "../host-env.ts";
import { type Bytes, concat, fromBase64url, utf8 } from "../keys/bytes.ts";

/** What seals and opens for one purpose, for instance `history:<device>` [S71]. */
export type SealedBox = {
  /** `place`: what the sealed bytes are bound to, so that one record cannot be passed off as another. */
  seal(plain: Uint8Array, place?: string): Promise<Bytes>;
  /** Undefined while it is locked, or when it is damaged: {@link isLocked} tells which. */
  open(sealed: Uint8Array, place?: string): Promise<Bytes | undefined>;
  /** Whether the vault has to be opened to read this; what cannot be opened and is not locked never opens again. */
  isLocked(sealed: Uint8Array): Promise<boolean>;
  /** Nothing that was sealed for this purpose can be opened any more. */
  forget(): Promise<void>;
};

/**
 * `unlocked`: what was locked can be opened now. `locked`: the vault was locked; what is held for saving stays.
 * `erased`: what the vault protected is gone for good, and what is left of it is to be deleted.
 */
export type SealedNews = "unlocked" | "locked" | "erased";

const VERSION = 1;
const ID_BYTES = 16;
const IV_BYTES = 12;
const HEAD_BYTES = 1 + ID_BYTES + IV_BYTES;

/** Name of the data key that sealed it, base64url; undefined when these are no sealed bytes. */
export function keyIdOf(sealed: Uint8Array): string | undefined {
  if (sealed.length <= HEAD_BYTES || sealed[0] !== VERSION) return undefined;
  return base64url(sealed.subarray(1, 1 + ID_BYTES));
}

/** Version, key id, IV, then the text with its tag; purpose and place are bound to it. */
export async function sealBytes(
  crypto: Crypto,
  { id, key }: { id: string; key: CryptoKey },
  bound: { purpose: string; place: string },
  plain: Uint8Array,
): Promise<Bytes> {
  const name = fromBase64url(id);
  if (name?.length !== ID_BYTES) throw new Error("not the id of a data key");
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const data = await crypto.subtle.encrypt(paramsOf(bound, iv), key, new Uint8Array(plain));
  return concat(Uint8Array.of(VERSION), name, iv, new Uint8Array(data));
}

/** Undefined when the key, the place or the content is not the one that was sealed. */
export async function openBytes(
  crypto: Crypto,
  key: CryptoKey,
  bound: { purpose: string; place: string },
  sealed: Uint8Array,
): Promise<Bytes | undefined> {
  try {
    const params = paramsOf(bound, sealed.slice(1 + ID_BYTES, HEAD_BYTES));
    return new Uint8Array(await crypto.subtle.decrypt(params, key, new Uint8Array(sealed.subarray(HEAD_BYTES))));
  } catch {
    return undefined;
  }
}

function paramsOf({ purpose, place }: { purpose: string; place: string }, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  // JSON keeps the fields apart, whatever is in them.
  return { name: "AES-GCM", iv, additionalData: utf8(JSON.stringify(["rackside sealed v1", purpose, place])) };
}
