import type { Bytes } from "../keys/bytes.ts";
import type { LocalKey } from "./local-key.ts";
import type { Sealed } from "./tablet-store.ts";

/**
 * A data key as it is stored: its bytes sealed under the vault, or under the key of this browser. Logs of before have a
 * handle that cannot be exported.
 */
export type StoredDataKey = CryptoKey | { wrapped: Sealed; by?: "local" };

/** The part of the vault that is needed; `wrap` and `unwrap` give nothing while it is not open. */
export type KeyWrapper = {
  readonly phase: "none" | "locked" | "unlocked";
  wrap(name: string, raw: Bytes): Promise<Sealed | undefined>;
  unwrap(name: string, sealed: Sealed): Promise<Bytes | undefined>;
};

const KEY_BYTES = 32;
const AES = { name: "AES-GCM", length: 256 } as const;

/** Whether only the vault gives the key back. */
export function isVaults(stored: StoredDataKey): boolean {
  return "wrapped" in stored && stored.by !== "local";
}

/**
 * Makes and finds the keys under which the tablet stores things, each for one purpose or session [S71]. An open vault wraps
 * them: whoever copies the browser's profile reads nothing without the passphrase. The handle stays with the worker, so that
 * a locked tablet goes on saving. Without a vault, or while it is locked, the key of this browser wraps them. `name` is
 * bound to the wrapped key.
 */
export class DataKeys {
  readonly #crypto: Crypto;
  readonly #local: LocalKey;
  readonly #vault: KeyWrapper | null;

  constructor(crypto: Crypto, local: LocalKey, vault: KeyWrapper | null) {
    this.#crypto = crypto;
    this.#local = local;
    this.#vault = vault;
  }

  get phase(): KeyWrapper["phase"] {
    return this.#vault?.phase ?? "none";
  }

  async make(name: string): Promise<{ key: CryptoKey; stored: StoredDataKey }> {
    const raw = this.#crypto.getRandomValues(new Uint8Array(KEY_BYTES));
    const wrapped = await this.#vault?.wrap(name, raw);
    const stored: StoredDataKey =
      wrapped === undefined ? { by: "local", wrapped: await this.#local.seal(name, raw) } : { wrapped };
    return { key: await this.#handle(raw), stored };
  }

  /** Undefined when the vault that wrapped it is locked or gone, or the stored key is damaged. */
  async open(name: string, stored: StoredDataKey): Promise<CryptoKey | undefined> {
    if (!("wrapped" in stored)) return stored;
    const raw = await this.#raw(name, stored);
    return raw && this.#handle(raw);
  }

  /** The same key under the open vault instead of the key of this browser; undefined when there is nothing to change. */
  async rewrapped(name: string, stored: StoredDataKey): Promise<StoredDataKey | undefined> {
    if (this.phase !== "unlocked" || !("wrapped" in stored) || isVaults(stored)) return undefined;
    const raw = await this.#raw(name, stored);
    const wrapped = raw && (await this.#vault?.wrap(name, raw));
    raw?.fill(0);
    return wrapped && { wrapped };
  }

  async #raw(name: string, stored: { wrapped: Sealed; by?: "local" }): Promise<Bytes | undefined> {
    return stored.by === "local" ? this.#local.unseal(name, stored.wrapped) : this.#vault?.unwrap(name, stored.wrapped);
  }

  async #handle(raw: Bytes): Promise<CryptoKey> {
    const key = await this.#crypto.subtle.importKey("raw", raw, AES, false, ["encrypt", "decrypt"]);
    raw.fill(0);
    return key;
  }
}
