import type { AgentFeature } from "#protocol/features.ts";
import type {
  BoundWay,
  HostPlace,
  KeysPerHopMax,
  LoginChoice,
  NewKeyKind,
  ProxyAgent,
  SecretBinding,
  SecretCommand,
  TypeSecretCommand,
} from "#protocol/local-secrets.ts";

/** In the place of a key's id in a login choice [S60]; and the feature of a proxy that has an agent. */
export const PROXY_AGENT: ProxyAgent = "proxy-agent";
export const AGENT_FEATURE: AgentFeature = "agent";
/** Keys that may be chosen for one host of the way. */
export const KEYS_PER_HOP_MAX: KeysPerHopMax = 4;

type Payload<A extends SecretCommand["action"]> = Extract<SecretCommand, { action: A }>["payload"];

/** The command's type follows from its action, which the compiler cannot see through a type parameter. */
const secret = <A extends SecretCommand["action"]>(action: A, payload: Payload<A>) =>
  ({ v: 1, device: "-", session_id: "link", type: "system", action, payload }) as unknown as Extract<
    SecretCommand,
    { action: A }
  >;

/** Typed construction of commands about the vault, keys and logins; what is secret in them stays on this tablet [S72]. */
export const secretCommands = {
  createVault: (passphrase: string) => secret("vault_create", { passphrase }),
  unlock: (opener: Payload<"vault_unlock">) => secret("vault_unlock", opener),
  lock: () => secret("vault_lock", {}),
  eraseVault: (word: string) => secret("vault_erase", { word }),
  changePassphrase: (passphrase: string, next: string) => secret("vault_passphrase", { passphrase, next }),
  addPasskey: (payload: Payload<"vault_passkey_add">) => secret("vault_passkey_add", payload),
  removePasskey: (passkey: string) => secret("vault_passkey_remove", { passkey }),
  keepPanels: (on: boolean) => secret("vault_keep_panels", { on }),
  putEntry: (payload: Payload<"vault_put">) => secret("vault_put", payload),
  removeEntry: (entry: string) => secret("vault_remove", { entry }),
  exportVault: (passphrase: string) => secret("vault_export", { passphrase }),
  importVault: (text: string, passphrase: string) => secret("vault_import", { text, passphrase }),
  makeKey: (kind: NewKeyKind, name: string) => secret("key_make", { kind, name }),
  importKey: (text: string, passphrase: string, name: string, bindings: readonly SecretBinding[]) =>
    secret("key_import", { text, passphrase, name, bindings }),
  renameKey: (key: string, name: string) => secret("key_rename", { key, name }),
  removeKey: (key: string) => secret("key_remove", { key }),
  chooseLogin: (of: string, choice: LoginChoice) => secret("login_choice", { of, choice }),
  /** The person says that the device is at `to` now: what was bound to it at `from`, and nothing else, goes along. */
  rebindLogin: (of: string, from: BoundWay | undefined, to: BoundWay) =>
    secret("login_rebind", { of, from: from ?? null, to }),
  forgetPin: (place: HostPlace, sha256: string) => secret("pin_forget", { place, sha256 }),
  activity: () => secret("activity", {}),
  typeSecret: (device: string, entry: string): TypeSecretCommand => ({
    v: 1,
    device,
    session_id: "ssh1",
    type: "terminal",
    action: "type_secret",
    payload: { entry },
  }),
};
