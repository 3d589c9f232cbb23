import type { HostEnv } from "../host-env.ts";
import type { Bytes } from "../keys/bytes.ts";
import {
  calibrateIterations,
  passkeyKey,
  passphraseBytes,
  passphraseKey,
  SALT_BYTES,
  seal,
  unseal,
} from "./vault-crypto.ts";
import type { PasskeySlot, PassphraseSlot, VaultHeader } from "./vault-store.ts";

type Env = Pick<HostEnv, "crypto" | "now">;
/** A passkey as the page gives it: what its PRF said about `salt`. */
export type NewPasskey = { id: string; label: string; salt: string; prf: Bytes };

const boundTo = (vault: string, record: string) => ({ vault, record, kind: "data-key", version: 1 });

/** The data key under a passphrase, with as many iterations as this tablet does in the time of [S68]. */
export async function passphraseSlot(env: Env, vault: string, raw: Bytes, passphrase: string): Promise<PassphraseSlot> {
  const { crypto } = env;
  const iterations = await calibrateIterations(crypto.subtle, env.now);
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const bytes = passphraseBytes(passphrase);
  const key = await passphraseKey(crypto.subtle, bytes, salt, iterations);
  bytes.fill(0);
  return { ...(await seal(crypto, key, boundTo(vault, "passphrase"), raw)), salt, iterations };
}

/** The data key's bytes; undefined when the passphrase is not the right one. */
export async function openByPassphrase(
  crypto: Crypto,
  { id, passphrase: slot }: VaultHeader,
  passphrase: string,
): Promise<Bytes | undefined> {
  const bytes = passphraseBytes(passphrase);
  const key = await passphraseKey(crypto.subtle, bytes, slot.salt, slot.iterations);
  bytes.fill(0);
  return unseal(crypto, key, boundTo(id, "passphrase"), slot);
}

/** The data key under what a passkey's PRF gave [S69]; that is wiped. */
export async function passkeySlot(env: Env, vault: string, raw: Bytes, passkey: NewPasskey): Promise<PasskeySlot> {
  const { id, label, salt, prf } = passkey;
  const key = await passkeyKey(env.crypto.subtle, prf, vault);
  prf.fill(0);
  const sealed = await seal(env.crypto, key, boundTo(vault, `passkey ${id}`), raw);
  return { ...sealed, id, label: label.slice(0, 128), salt, at: env.now() };
}

export async function openByPasskey(
  crypto: Crypto,
  vault: string,
  slot: PasskeySlot,
  prf: Bytes,
): Promise<Bytes | undefined> {
  const key = await passkeyKey(crypto.subtle, prf, vault);
  prf.fill(0);
  return unseal(crypto, key, boundTo(vault, `passkey ${slot.id}`), slot);
}
