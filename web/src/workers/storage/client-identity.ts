import { helloClaim, pairingClaim, renewalClaim, signOutClaim } from "#protocol/signing.ts";
import { base64url, type HostEnv, random128 } from "../host-env.ts";
import type { TabletData, TabletStore } from "./tablet-store.ts";

const KEY_NAME = "client-key";
const CLIENT = "client";
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" } as const;

type Client = TabletData["client"];
/** A fresh key and what a pairing request says about it; kept only when the proxy accepts it. */
export type PairingDraft = {
  body: { code: string; public_key: string; label: string; client_id: string; sig: string };
  keep(user: string): Promise<void>;
};

/** This tablet as the proxy knows it: id, key handle that cannot be exported, attempt counter [S7] [S9] [WP23]. */
export class ClientIdentity {
  readonly #env: Pick<HostEnv, "crypto" | "origin" | "now">;
  readonly #store: TabletStore;
  #client: Client | null;
  #keys: CryptoKeyPair | null;
  #attempt = 0;

  constructor(
    env: Pick<HostEnv, "crypto" | "origin" | "now">,
    store: TabletStore,
    client: Client | null,
    keys: CryptoKeyPair | null,
  ) {
    this.#env = env;
    this.#store = store;
    this.#client = client;
    this.#keys = keys;
  }

  static async load(env: Pick<HostEnv, "crypto" | "origin" | "now">, store: TabletStore): Promise<ClientIdentity> {
    const [client, keys] = await Promise.all([store.get("client", CLIENT), store.get("keys", KEY_NAME)]);
    const pair = keys !== undefined && "privateKey" in keys ? keys : null;
    return new ClientIdentity(env, store, client ?? null, pair);
  }

  /** Undefined until paired, or when storage lost the key: pairing again is the only way [S9]. */
  get client(): Client | undefined {
    return this.#keys === null ? undefined : (this.#client ?? undefined);
  }

  /** Makes a key and signs for `code` [S7]. */
  async draft(code: string, label: string): Promise<PairingDraft> {
    const { crypto, origin } = this.#env;
    const keys = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
    const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey));
    const codeHash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code)));
    const claim = pairingClaim({ origin, codeHash, publicKey });
    const sig = new Uint8Array(await crypto.subtle.sign(SIGNATURE, keys.privateKey, claim));
    const client_id = random128(crypto);
    return {
      body: { code, public_key: base64url(publicKey), label, client_id, sig: base64url(sig) },
      keep: async (user) => {
        this.#keys = keys;
        this.#client = { client_id, user, label, attempt: 0 };
        await this.#store.put("keys", KEY_NAME, keys);
        await this.#store.put("client", CLIENT, this.#client);
      },
    };
  }

  /** Next attempt number: stored before it is used, and growing over tabs and reloads [WP23]. */
  async nextAttempt(): Promise<number> {
    if (this.#client === null) throw new Error("not paired");
    const stored = (await this.#store.get("client", CLIENT))?.attempt ?? 0;
    const attempt = Math.max(stored, this.#attempt, this.#env.now() - 1) + 1;
    this.#attempt = attempt;
    this.#client = { ...this.#client, attempt };
    await this.#store.put("client", CLIENT, this.#client);
    return attempt;
  }

  /** Signature of a hello over the challenge [S19]. */
  async signHello(nonce: string, instance_id: string, attempt: number): Promise<string> {
    const { origin } = this.#env;
    return this.#sign((client_id) => helloClaim({ nonce, origin, client_id, instance_id, attempt }));
  }

  /** Signature of a sign-out over what the proxy gave for it [S9]. */
  async signSignOut(nonce: string): Promise<string> {
    const { origin } = this.#env;
    return this.#sign((client_id) => signOutClaim({ nonce, origin, client_id }));
  }

  /** Signature of a request for a new cookie, likewise [S8] [S9]. */
  async signRenewal(nonce: string): Promise<string> {
    const { origin } = this.#env;
    return this.#sign((client_id) => renewalClaim({ nonce, origin, client_id }));
  }

  async #sign(claimOf: (client_id: string) => Uint8Array<ArrayBuffer>): Promise<string> {
    if (this.#client === null || this.#keys === null) throw new Error("not paired");
    const claim = claimOf(this.#client.client_id);
    return base64url(new Uint8Array(await this.#env.crypto.subtle.sign(SIGNATURE, this.#keys.privateKey, claim)));
  }

  /** Signed out or revoked: the key is worth nothing any more. */
  async forget(): Promise<void> {
    this.#client = null;
    this.#keys = null;
    await this.#store.remove("client", CLIENT);
    await this.#store.remove("keys", KEY_NAME);
  }
}
