/** Commands about keys, the vault and logins: they never leave the tablet, and their secrets never reach a machine [S72]. */

export type Hop = { host: string; port: number };
/** A host with the jump hosts before it, in order. */
export type HostPlace = Hop & { via: readonly Hop[] };
/** A device as a person bound a secret to it: the list, which the proxy keeps, must not send it elsewhere [S47] [S67]. */
export type BoundHost = Hop & { user: string };
/** The same of a login, which names what is for each jump host as well. */
export type BoundWay = BoundHost & { via: readonly BoundHost[] };

/**
 * Where an entry may be used, and nowhere else [S67]. `at`: the device's address and user when the person chose it; without
 * it, as earlier versions of the app stored it, the entry is used nowhere until it is bound anew. In a pattern's host, `*`
 * stands for any characters.
 */
export type SecretBinding =
  | { kind: "device"; device: string; at?: BoundHost | undefined }
  | { kind: "pattern"; host: string; port?: number | undefined; user?: string | undefined };

/** In the place of a key's id: the agent of the proxy's host may be asked, and its keys are consented to each time [S60]. */
export const PROXY_AGENT = "proxy-agent";
export type ProxyAgent = typeof PROXY_AGENT;

/** Keys that may be chosen for one host: servers commonly end a login after 6 tries, and a password may have to follow. */
export const KEYS_PER_HOP_MAX = 4;
export type KeysPerHopMax = typeof KEYS_PER_HOP_MAX;

/** How this tablet logs in to a device [S58]: ids of keys and of vault entries, never a secret. */
export type LoginChoice = {
  /**
   * Keys to offer to the device, in order, at most {@link KEYS_PER_HOP_MAX}; devices count failures, so one unless the
   * person adds more. {@link PROXY_AGENT} stands for the keys of the proxy's agent.
   */
  keys: readonly string[];
  /** The vault's entry with the password. */
  password?: string;
  /** Keys for the jump hosts, by hop. */
  via_keys: readonly (readonly string[])[];
  /** The vault's entries with the jump hosts' passwords, by hop; null: asked for [S39]. */
  via_passwords?: readonly (string | null)[];
  /** For this opening of the device only: nothing of it is stored. */
  once?: true;
  /**
   * Where the person chose it for. A device of the list whose target is another one gets nothing of it until the person
   * says so; without `bound`, which only a choice for one opening may be, it is offered nowhere else.
   */
  bound?: BoundWay | undefined;
  /** Signing for this device while the page is hidden [S54]. */
  sign_hidden: boolean;
};

/** Actions of {@link SecretCommand}. */
export const SECRET_ACTIONS = [
  "vault_create",
  "vault_unlock",
  "vault_lock",
  "vault_erase",
  "vault_passphrase",
  "vault_passkey_add",
  "vault_passkey_remove",
  "vault_keep_panels",
  "vault_put",
  "vault_remove",
  "vault_export",
  "vault_import",
  "key_make",
  "key_import",
  "key_rename",
  "key_remove",
  "login_choice",
  "login_rebind",
  "pin_forget",
  "activity",
] as const satisfies readonly SecretCommand["action"][];

export type NewKeyKind = "ed25519" | "ecdsa-p256" | "rsa-3072";
export type SecretKind = "password" | "enable" | "snippet";

type Secret<A extends string, P> = {
  v: 1;
  device: string;
  session_id: "link";
  type: "system";
  action: A;
  id?: string | undefined;
  payload: P;
};

export type SecretCommand =
  | Secret<"vault_create", { passphrase: string }>
  /** By passphrase, or by what a passkey's PRF gave [S69]. */
  | Secret<"vault_unlock", { passphrase: string } | { passkey: string; prf: Uint8Array }>
  | Secret<"vault_lock", Record<string, never>>
  /** `word` has to be typed: there is no way back [S68]. */
  | Secret<"vault_erase", { word: string }>
  | Secret<"vault_passphrase", { passphrase: string; next: string }>
  | Secret<"vault_passkey_add", { passphrase: string; passkey: string; label: string; salt: string; prf: Uint8Array }>
  | Secret<"vault_passkey_remove", { passkey: string }>
  | Secret<"vault_keep_panels", { on: boolean }>
  /** A new entry, or a change to the one of that id; without `secret` the old one stays. */
  | Secret<
      "vault_put",
      {
        entry?: string;
        kind: SecretKind;
        name: string;
        bindings: readonly SecretBinding[];
        user?: string;
        secret?: string;
      }
    >
  | Secret<"vault_remove", { entry: string }>
  /** Answered with the file's text. */
  | Secret<"vault_export", { passphrase: string }>
  /** Answered with {@link VaultImportReport}. */
  | Secret<"vault_import", { text: string; passphrase: string }>
  /** Answered with the key's id. */
  | Secret<"key_make", { kind: NewKeyKind; name: string }>
  | Secret<"key_import", { text: string; passphrase: string; name: string; bindings: readonly SecretBinding[] }>
  | Secret<"key_rename", { key: string; name: string }>
  | Secret<"key_remove", { key: string }>
  | Secret<"login_choice", { of: string; choice: LoginChoice }>
  /**
   * The device's target is another one, by the person's word: what was bound to the device at `from`, and nothing else of it,
   * goes along; null: what was bound when no address was noted.
   */
  | Secret<"login_rebind", { of: string; from: BoundWay | null; to: BoundWay }>
  /** Forgets a host key that this tablet trusts: the next connect asks, as at first use. */
  | Secret<"pin_forget", { place: HostPlace; sha256: string }>
  /** The person did something on the page: the vault's clock begins anew [S70]. */
  | Secret<"activity", Record<string, never>>;

/** Types a secret of the vault at the device's prompt, without Enter [S91]; it never comes to the page. */
export type TypeSecretCommand = {
  v: 1;
  device: string;
  session_id: "ssh1";
  type: "terminal";
  action: "type_secret";
  id?: string | undefined;
  payload: { entry: string };
};

/**
 * What became of a file's entries: `imported` of which `replaced` older ones of the vault; `kept`: the vault's own is as
 * new or newer; `unreadable`: damaged; `left_out`: the vault is full, or was locked meanwhile.
 */
export type VaultImportReport = {
  imported: number;
  replaced: number;
  kept: number;
  unreadable: number;
  left_out: number;
};
