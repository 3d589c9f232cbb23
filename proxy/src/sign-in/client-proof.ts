/** What a client signs with its key: hellos, and what changes something over HTTP; a cookie alone proves nothing [S9] [S19]. */
import { helloClaim } from "#protocol/signing.ts";
import { random256 } from "../random.ts";
import { readClientKey, verifySignature } from "./client-key.ts";
import type { ClientRecord, ClientStore } from "./client-store.ts";

/** How long a page has to sign what it was given. */
const NONCE_MS = 60_000;

export type HelloProof = { client_id: string; instance_id: string; attempt: number; sig: string };

export class ClientProof {
  readonly #clients: ClientStore;
  /** By client, so at most as many as there are clients. */
  readonly #nonces = new Map<string, { nonce: string; until: number }>();

  constructor(clients: ClientStore) {
    this.#clients = clients;
  }

  /** Whether a hello proves possession of the client's key for this very socket [S9] [S19]. */
  ofHello(client: ClientRecord, hello: HelloProof, nonce: string, origin: string): boolean {
    if (hello.client_id !== client.client_id) return false;
    const { client_id, instance_id, attempt } = hello;
    return this.#signedBy(client, helloClaim({ nonce, origin, client_id, instance_id, attempt }), hello.sig);
  }

  /** Something for this client to sign, once, within a minute. */
  nonceFor({ client_id }: ClientRecord): string {
    const nonce = random256();
    this.#nonces.set(client_id, { nonce, until: Date.now() + NONCE_MS });
    return nonce;
  }

  /** Whether `sig` is over the claim with the client's latest nonce, which is used up by the try. */
  ofNonce(client: ClientRecord, claimOf: (nonce: string) => Uint8Array, sig: string): boolean {
    const given = this.#nonces.get(client.client_id);
    this.#nonces.delete(client.client_id);
    if (given === undefined || given.until < Date.now()) return false;
    return this.#signedBy(client, claimOf(given.nonce), sig);
  }

  forget(clientId: string): void {
    this.#nonces.delete(clientId);
  }

  #signedBy(client: ClientRecord, claim: Uint8Array, sig: string): boolean {
    // The record may be gone since the request began: a revoked client proves nothing any more [S11].
    const spki = readClientKey(this.#clients.get(client.client_id)?.public_key ?? "");
    return spki !== undefined && verifySignature(spki, claim, sig);
  }
}
