/** Pairing, cookie and signed hello as one policy; no socket is reachable without it [S3]. */
import { createHash } from "node:crypto";
import { COOKIE_RENEW_AFTER_S } from "#protocol/limits.ts";
import { helloClaim, pairingClaim } from "#protocol/signing.ts";
import { OWNER } from "../identity/identity.ts";
import type { Log } from "../log.ts";
import { random256, sha256 } from "../random.ts";
import { Serial } from "../serial.ts";
import { readClientKey, verifySignature } from "./client-key.ts";
import type { ClientRecord, ClientStore, CookieVerdict } from "./client-store.ts";
import { judgePairing, type PairingSecret } from "./pairing.ts";
import type { PairingStore } from "./pairing-store.ts";

export type PairRequest = { code: string; public_key: string; label: string; client_id: string; sig: string };
export type PairAnswer =
  | { ok: true; cookie: string; client: ClientRecord }
  | { ok: false; code: "pair_invalid"; tries_left: number }
  | { ok: false; code: "pair_used"; label: string; at: number }
  | { ok: false; code: "pair_expired" };

/** How often the last-seen date is written at most. */
const SEEN_EVERY_MS = 60 * 60_000;

export class SignIn {
  readonly #clients: ClientStore;
  readonly #pairings: PairingStore;
  readonly #log: Log;
  readonly #say: (line: string) => void;
  readonly #revokedListeners = new Set<(clientId: string) => void>();
  /** One pairing at a time: two requests must not use the same secret. */
  readonly #queue = new Serial();

  /** `say` prints on the proxy's own console [S10]. */
  constructor(options: { clients: ClientStore; pairings: PairingStore; log: Log; say: (line: string) => void }) {
    this.#clients = options.clients;
    this.#pairings = options.pairings;
    this.#log = options.log;
    this.#say = options.say;
  }

  get pairedClients(): number {
    return this.#clients.size;
  }

  newPairing(): Promise<PairingSecret> {
    return this.#pairings.create();
  }

  /** Called when a client is signed out: its links must close at once [S11]. */
  onRevoked(listener: (clientId: string) => void): void {
    this.#revokedListeners.add(listener);
  }

  pair(request: PairRequest, origin: string, address: string): Promise<PairAnswer> {
    return this.#queue.run(() => this.#pair(request, origin, address));
  }

  async #pair(request: PairRequest, origin: string, address: string): Promise<PairAnswer> {
    const now = Date.now();
    const verdict = judgePairing(await this.#pairings.list(now), request.code, now);
    if (!verdict.ok) {
      if (verdict.code === "pair_invalid") await Promise.all(verdict.touched.map((one) => this.#pairings.put(one)));
      this.#refused(verdict.code, address, verdict.code === "pair_used" ? verdict.label : undefined);
      return verdict.code === "pair_invalid"
        ? { ok: false, code: verdict.code, tries_left: verdict.tries_left }
        : verdict;
    }
    const publicKey = readClientKey(request.public_key);
    const codeHash = createHash("sha256").update(request.code, "utf8").digest();
    const proven =
      publicKey !== undefined &&
      verifySignature(publicKey, pairingClaim({ origin, codeHash, publicKey }), request.sig) &&
      this.#clients.get(request.client_id) === undefined;
    if (!proven) {
      await this.#pairings.put({ ...verdict.pairing, tries: verdict.pairing.tries + 1 });
      this.#refused("pair_invalid", address);
      return { ok: false, code: "pair_invalid", tries_left: 0 };
    }
    // Burnt before it is used: a crash in between costs a new link, never a second use.
    await this.#pairings.put({ ...verdict.pairing, used: { at: now, label: request.label } });
    const cookie = random256();
    const client: ClientRecord = {
      client_id: request.client_id,
      public_key: publicKey.toString("base64url"),
      user: OWNER,
      label: request.label,
      cookie_sha256: sha256(cookie),
      paired: now,
      cookie_issued: now,
      last_seen: now,
      last_addr: address,
    };
    await this.#clients.put(client);
    this.#say(`Paired: "${request.label}" from ${address}.`);
    this.#log("info", "pair.used", {
      label: request.label,
      addr: address,
      key: sha256(client.public_key).slice(0, 16),
    });
    return { ok: true, cookie, client };
  }

  #refused(reason: string, address: string, usedBy?: string): void {
    const by = usedBy === undefined ? "" : ` (already used by "${usedBy}")`;
    this.#say(`Pairing refused from ${address}: ${reason}${by}.`);
    this.#log("warn", "pair.refused", { reason, addr: address });
  }

  whois(cookie: string | undefined): CookieVerdict {
    return this.#clients.byCookie(cookie, Date.now());
  }

  /** Notes the visit; returns a new cookie when the old one is due for renewal [S8]. */
  async seen(client: ClientRecord, address: string): Promise<string | undefined> {
    const now = Date.now();
    const renew = now - client.cookie_issued > COOKIE_RENEW_AFTER_S * 1_000;
    if (!renew && now - client.last_seen < SEEN_EVERY_MS) return undefined;
    const cookie = renew ? random256() : undefined;
    await this.#clients.put({
      ...client,
      last_seen: now,
      last_addr: address,
      ...(cookie === undefined ? {} : { cookie_sha256: sha256(cookie), cookie_issued: now }),
    });
    return cookie;
  }

  /** Whether a hello proves possession of the client's key for this very socket [S9] [S19]. */
  checkHello(
    client: ClientRecord,
    hello: { client_id: string; instance_id: string; attempt: number; sig: string },
    nonce: string,
    origin: string,
  ): boolean {
    const spki = readClientKey(client.public_key);
    if (spki === undefined || hello.client_id !== client.client_id) return false;
    // The record may be gone since the upgrade: a revoked client proves nothing any more [S11].
    if (this.#clients.get(client.client_id) === undefined) return false;
    const { client_id, instance_id, attempt } = hello;
    return verifySignature(spki, helloClaim({ nonce, origin, client_id, instance_id, attempt }), hello.sig);
  }

  async revoke(clientId: string): Promise<void> {
    await this.#clients.remove(clientId);
    this.#log("info", "client.revoked", {});
    for (const listener of this.#revokedListeners) listener(clientId);
  }
}
