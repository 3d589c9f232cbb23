import type { Bytes } from "../keys/bytes.ts";
import type { Sealed } from "./tablet-store.ts";

/** The key of a log as it is stored: a handle that cannot be exported, or its bytes sealed under the vault [S71]. */
export type StoredLogKey = CryptoKey | { wrapped: Sealed };

/** Makes and finds keys of logs, one per session. */
export type LogKeys = {
  make(sid: string): Promise<{ key: CryptoKey; stored: StoredLogKey }>;
  /** Undefined when the vault that wrapped it is locked or gone. */
  open(sid: string, stored: StoredLogKey): Promise<CryptoKey | undefined>;
};

const KEY_BYTES = 32;
const AES = { name: "AES-GCM", length: 256 } as const;

/** The part of the vault that is needed: undefined while it is not open. */
export type KeyWrapper = {
  wrap(name: string, raw: Bytes): Promise<Sealed | undefined>;
  unwrap(name: string, sealed: Sealed): Promise<Bytes | undefined>;
};

const nameOf = (sid: string): string => `log ${sid}`;

/**
 * Keys wrapped by an open vault: whoever copies the browser's profile cannot read such a log without the passphrase. The
 * handle stays with the session, so that a locked tablet goes on saving. Without a vault, or while it is locked, a key of
 * this browser is used, which protects nothing against a copied profile.
 */
export function logKeys(crypto: Crypto, vault: KeyWrapper | null): LogKeys {
  const { subtle } = crypto;
  const handle = (raw: Bytes): Promise<CryptoKey> => subtle.importKey("raw", raw, AES, false, ["encrypt", "decrypt"]);
  return {
    async make(sid) {
      const raw = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
      const wrapped = await vault?.wrap(nameOf(sid), raw);
      const key = await handle(raw);
      raw.fill(0);
      return { key, stored: wrapped === undefined ? key : { wrapped } };
    },
    async open(sid, stored) {
      if (!("wrapped" in stored)) return stored;
      const raw = await vault?.unwrap(nameOf(sid), stored.wrapped);
      if (raw === undefined) return undefined;
      const key = await handle(raw);
      raw.fill(0);
      return key;
    },
  };
}
