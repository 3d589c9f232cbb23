import type { LoginChoice, NewKeyKind, SecretBinding, SecretKind } from "#protocol/local-secrets.ts";
import type { HostKey } from "#protocol/messages/target.ts";

/** An entry of the open vault, without its secret [S72]. */
export type VaultEntryView = {
  id: string;
  kind: SecretKind | "key";
  name: string;
  bindings: readonly SecretBinding[];
  at: number;
  user?: string;
};

/** The vault [S70]: nothing of its content while it is locked. */
export type VaultView = {
  phase: "none" | "locked" | "unlocked";
  entries: readonly VaultEntryView[];
  /** Ids of records that did not open: damaged, and left as they are. */
  unreadable: readonly string[];
  /** `salt`: what the passkey's PRF is asked about, base64url. */
  passkeys: readonly { id: string; label: string; salt: string; at: number }[];
  keep_panels: boolean;
  /** Made in the place of one that was erased: opening it proves nothing to the proxy [S16]. */
  unproven?: true;
  /** After wrong tries: when the next is allowed. */
  wait_until?: number;
};

/** A key of this tablet; `imported` ones are known while the vault is open. */
export type SshKeyView = {
  id: string;
  name: string;
  type: string;
  /** SSH's wire form, base64. */
  public_key: string;
  sha256: string;
  at: number;
  imported: boolean;
};

/** `kinds`: what this browser can make, best first. */
export type SshKeysView = { keys: readonly SshKeyView[]; kinds: readonly NewKeyKind[] };

/** How this tablet logs in, by device. */
export type LoginsView = Readonly<Record<string, LoginChoice>>;

/** When this tablet met a host key, first and last, epoch ms. */
export type SeenDates = { first: number; last: number };
/** By `[host]:port` and fingerprint, with a blank between [S48]. */
export type KeyDatesView = Readonly<Record<string, SeenDates>>;

/** Host keys that this tablet trusts, by `[host]:port`, with ` via ` and the jump hosts where there are any [S44]. */
export type HostPinsView = Readonly<Record<string, readonly HostKey[]>>;
