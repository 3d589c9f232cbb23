import { type Bytes, utf8 } from "../keys/bytes.ts";
import type { Sealed, TabletStore } from "./tablet-store.ts";

const KEY_NAME = "local-aes";
const IV_BYTES = 12;

/**
 * The key of this browser, that cannot be exported: what seals where there is no vault [S71]. It protects nothing against
 * a copied browser profile, which has it as well. `context` is bound to the sealed text, so that one record cannot be
 * passed off as another.
 */
export class LocalKey {
  readonly #crypto: Crypto;
  readonly #key: CryptoKey;

  constructor(crypto: Crypto, key: CryptoKey) {
    this.#crypto = crypto;
    this.#key = key;
  }

  static async open(crypto: Crypto, store: TabletStore): Promise<LocalKey> {
    const kept = await store.get("keys", KEY_NAME);
    if (kept !== undefined && "type" in kept) return new LocalKey(crypto, kept);
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    // Another page may have made one meanwhile: the first stays, or what it sealed could not be read again.
    const first = await store.offer("keys", KEY_NAME, key);
    return new LocalKey(crypto, "type" in first ? first : key);
  }

  async seal(context: string, plain: Bytes): Promise<Sealed> {
    const iv = this.#crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const data = await this.#crypto.subtle.encrypt(paramsOf(context, iv), this.#key, plain);
    return { iv, data };
  }

  /** Undefined when it was sealed otherwise or is damaged. */
  async unseal(context: string, { iv, data }: Sealed): Promise<Bytes | undefined> {
    try {
      return new Uint8Array(await this.#crypto.subtle.decrypt(paramsOf(context, iv), this.#key, data));
    } catch {
      return undefined;
    }
  }
}

function paramsOf(context: string, iv: Bytes): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: utf8(context) };
}
