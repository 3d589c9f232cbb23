import type { Sealed } from "../storage/tablet-store.ts";

/** The data key under a passphrase. */
export type PassphraseSlot = Sealed & { salt: Uint8Array<ArrayBuffer>; iterations: number };
/** The data key under a passkey; `salt` is what its PRF is asked about, base64url. `id`: of the credential, base64url. */
export type PasskeySlot = Sealed & { id: string; label: string; salt: string; at: number };

/** What is stored of the vault itself; nothing of it opens anything without a passphrase or a passkey. */
export type VaultHeader = {
  version: 1;
  id: string;
  passphrase: PassphraseSlot;
  passkeys: readonly PasskeySlot[];
  /** Wrong tries since the last right one, and when the last was: a reload does not shorten the wait [S68]. */
  failed: number;
  failed_at: number;
  /** Panels stay in sight while it is locked [S70]. */
  keep_panels: boolean;
  /** Made in the place of one that was erased: whoever opens it need not be whom the tablet was paired by [S16]. */
  unproven?: true;
};

/** One entry, sealed under the data key. */
export type VaultRecord = Sealed & { kind: string; version: number };
