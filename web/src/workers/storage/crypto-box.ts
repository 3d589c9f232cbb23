import type { Sealed, TabletStore } from "./tablet-store.ts";

const KEY_NAME = "local-aes";
const IV_BYTES = 12;

/**
 * Seals what may hold secrets (history, resume tokens) under an AES key that cannot be exported [S71]. `context` is
 * bound to the sealed text, so that one record cannot be passed off as another.
 */
export class CryptoBox {
  readonly #crypto: Crypto;
  readonly #key: CryptoKey;

  constructor(crypto: Crypto, key: CryptoKey) {
    this.#crypto = crypto;
    this.#key = key;
  }

  static async open(crypto: Crypto, store: TabletStore): Promise<CryptoBox> {
    const kept = await store.get("keys", KEY_NAME);
    if (kept !== undefined && "type" in kept) return new CryptoBox(crypto, kept);
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await store.put("keys", KEY_NAME, key);
    return new CryptoBox(crypto, key);
  }

  async seal(context: string, value: unknown): Promise<Sealed> {
    const iv = this.#crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const text = new TextEncoder().encode(JSON.stringify(value));
    const data = await this.#crypto.subtle.encrypt(this.#params(context, iv), this.#key, text);
    return { iv, data };
  }

  /** The value, or undefined when it was sealed otherwise or is damaged. */
  async unseal(context: string, { iv, data }: Sealed): Promise<unknown> {
    try {
      const text = await this.#crypto.subtle.decrypt(this.#params(context, iv), this.#key, data);
      return JSON.parse(new TextDecoder().decode(text)) as unknown;
    } catch {
      return undefined;
    }
  }

  #params(context: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
    return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(context) };
  }
}
