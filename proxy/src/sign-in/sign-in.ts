/** Pairing, cookie and signed hello as one policy; no socket is reachable without it [S3]. */
import { createHash } from "node:crypto";
import { pairingClaim, renewalClaim, signOutClaim } from "#protocol/signing.ts";
import type { Audit } from "../audit/audit.ts";
import type { AuditWho } from "../audit/audit-events.ts";
import type { LimitValues } from "../config/limits-schema.ts";
import { FreshProofs } from "../identity/fresh-proofs.ts";
import { type Identity, OWNER } from "../identity/identity.ts";
import type { Log } from "../log.ts";
import { random256, sha256 } from "../random.ts";
import { Serial } from "../serial.ts";
import { ClientAdmin } from "./client-admin.ts";
import { keyFingerprint, readClientKey, verifySignature } from "./client-key.ts";
import { ClientProof, type HelloProof } from "./client-proof.ts";
import type { ClientRecord, ClientStore } from "./client-store.ts";
import { CookieRenewal } from "./cookie-renewal.ts";
import { isOpen, judgePairing, type Pairing, type PairingSecret } from "./pairing.ts";
import type { PairingStore } from "./pairing-store.ts";

export type PairRequest = { code: string; public_key: string; label: string; client_id: string; sig: string };
export type PairAnswer =
  | { ok: true; cookie: string; client: ClientRecord }
  | { ok: false; code: "pair_invalid"; tries_left: number }
  | { ok: false; code: "pair_used"; label: string; at: number }
  | { ok: false; code: "pair_expired" }
  /** Identity by header is on, and the reverse proxy named nobody, or somebody who may not sign in. */
  | { ok: false; code: "auth_required" };
/** Who a request or upgrade comes from, by cookie and, where that is on, by the reverse proxy's word [S14]. */
export type Admission =
  | { ok: true; client: ClientRecord; identity: Identity }
  | { ok: false; reason: "auth_required" | "client_revoked" };

export type SignInOptions = {
  clients: ClientStore;
  pairings: PairingStore;
  log: Log;
  audit: Audit;
  limits: LimitValues;
  /** Whether users come from a header of a trusted reverse proxy [S13]. */
  byHeader: boolean;
  /** Prints on the proxy's own console [S10]. */
  say: (line: string) => void;
};

/** How often the last-seen date is written at most, where nothing else changed. */
const SEEN_EVERY_MS = 60 * 60_000;
/** Pairing secrets that are open at once: one a tablet that is being set up. */
const OPEN_PAIRINGS_MAX = 8;

export class SignIn {
  readonly admin: ClientAdmin;
  readonly proofs = new FreshProofs();
  readonly #options: SignInOptions;
  readonly #clients: ClientStore;
  readonly #pairings: PairingStore;
  /** One pairing at a time: two requests must not use the same secret. */
  readonly #queue = new Serial();
  readonly #proof: ClientProof;
  readonly #renewal: CookieRenewal;

  constructor(options: SignInOptions) {
    this.#options = options;
    this.#clients = options.clients;
    this.#pairings = options.pairings;
    this.#proof = new ClientProof(options.clients);
    this.#renewal = new CookieRenewal(options.clients);
    this.admin = new ClientAdmin(options);
    this.admin.onClosing(({ clientId, gone }) => {
      if (!gone) return;
      this.#proof.forget(clientId);
      this.proofs.forget(clientId);
    });
  }

  get pairedClients(): number {
    return this.#clients.size;
  }

  /** A new secret for the proxy's own console. */
  newPairing(): Promise<PairingSecret> {
    return this.#queue.run(() => this.#create(undefined, "console", {}));
  }

  /** A new secret that a paired client asked for; only its own user may use it. Undefined when too many are open. */
  newPairingBy(by: { user: string; client: string; addr: string }): Promise<PairingSecret | undefined> {
    return this.#queue.run(async () => {
      const now = Date.now();
      const tries = this.#options.limits.pairing_tries;
      const open = (await this.#pairings.list(now)).filter((one) => isOpen(one, now, tries));
      return open.length >= OPEN_PAIRINGS_MAX ? undefined : this.#create(by.user, by.client, by);
    });
  }

  async #create(user: string | undefined, by: string, who: AuditWho): Promise<PairingSecret> {
    const secret = await this.#pairings.create({ user, lifeMs: this.#options.limits.pairing_s * 1_000 });
    this.#options.audit.write({ event: "pair.created", outcome: "ok", by, ...who });
    return secret;
  }

  pair(request: PairRequest, origin: string, address: string, header?: Identity): Promise<PairAnswer> {
    return this.#queue.run(() => this.#pair(request, origin, address, header));
  }

  async #pair(request: PairRequest, origin: string, address: string, header?: Identity): Promise<PairAnswer> {
    const { limits, byHeader } = this.#options;
    const now = Date.now();
    const user = byHeader ? header?.user : OWNER;
    if (user === undefined || this.#clients.isDisabled(user)) {
      this.#refused("auth_required", address);
      return { ok: false, code: "auth_required" };
    }
    const tries = limits.pairing_tries;
    const verdict = judgePairing(await this.#pairings.list(now), request.code, now, tries);
    if (!verdict.ok) {
      if (verdict.code === "pair_invalid") await Promise.all(verdict.touched.map((one) => this.#pairings.put(one)));
      this.#refused(verdict.code, address, verdict.code === "pair_used" ? verdict : undefined);
      return verdict.code === "pair_invalid"
        ? { ok: false, code: verdict.code, tries_left: verdict.tries_left }
        : verdict;
    }
    const { pairing } = verdict;
    const publicKey = this.#proven(request, origin, pairing, user);
    if (publicKey === undefined) {
      await this.#pairings.put({ ...pairing, tries: pairing.tries + 1 });
      this.#refused("pair_invalid", address);
      return { ok: false, code: "pair_invalid", tries_left: tries - pairing.tries - 1 };
    }
    // Burnt before it is used: a crash in between costs a new link, never a second use.
    await this.#pairings.put({ ...pairing, used: { at: now, label: request.label } });
    const cookie = random256();
    const client: ClientRecord = {
      client_id: request.client_id,
      public_key: publicKey.toString("base64url"),
      user,
      label: request.label,
      cookie_sha256: sha256(cookie),
      paired: now,
      cookie_issued: now,
      last_seen: now,
      last_addr: address,
    };
    await this.#clients.add(client);
    this.#paired(client);
    return { ok: true, cookie, client };
  }

  /** The key, when the request proves it; a code that is for another user proves nothing, as a wrong one. */
  #proven(request: PairRequest, origin: string, pairing: Pairing, user: string): Buffer | undefined {
    if (pairing.user !== undefined && pairing.user !== user) return undefined;
    const publicKey = readClientKey(request.public_key);
    if (publicKey === undefined || this.#clients.get(request.client_id) !== undefined) return undefined;
    const codeHash = createHash("sha256").update(request.code, "utf8").digest();
    const claim = pairingClaim({ origin, codeHash, publicKey });
    return verifySignature(publicKey, claim, request.sig) ? publicKey : undefined;
  }

  #paired({ client_id, user, label, public_key, last_addr }: ClientRecord): void {
    const { say, log, audit } = this.#options;
    say(`Paired: "${label}" from ${last_addr}.`);
    log("info", "pair.used", { label, addr: last_addr, key: keyFingerprint(public_key) });
    const key = keyFingerprint(public_key);
    audit.write({ event: "pair.used", outcome: "ok", user, client: client_id, addr: last_addr, label, key });
  }

  #refused(reason: string, address: string, used?: { label: string; at: number }): void {
    const { say, log, audit } = this.#options;
    const by = used === undefined ? "" : ` (used by "${used.label}" on ${new Date(used.at).toISOString()})`;
    say(`Pairing refused from ${address}: ${reason}${by}.`);
    log("warn", "pair.refused", { reason, addr: address });
    audit.write({ event: "pair.refused", outcome: "refused", reason, addr: address, label: used?.label });
  }

  /**
   * Whether a request may act for the client of this cookie. Where users come from a header, it must name the client's
   * user; another name ends what the client has open, and so do other roles [S14].
   */
  admit(cookie: string | undefined, header: Identity | undefined): Admission {
    const verdict = this.#clients.byCookie(cookie, Date.now());
    if (!verdict.ok) return verdict;
    const { client } = verdict;
    if (!this.#options.byHeader) {
      return {
        ok: true,
        client,
        identity: { kind: "identity", user: client.user, roles: [], expires: null, source: "pairing" },
      };
    }
    if (header?.user === client.user) {
      this.admin.noteRoles({ clientId: client.client_id, user: client.user, roles: header.roles });
      return { ok: true, client, identity: header };
    }
    // Without any name the request did not come through the reverse proxy, and says nothing about who is behind it.
    if (header !== undefined) this.admin.closeLinks(client.client_id, "identity_changed");
    return { ok: false, reason: "auth_required" };
  }

  /** The client came with a proof of its key, and this cookie: notes the visit, and settles a renewal [S8]. */
  async seen(client: ClientRecord, address: string, cookie: string | undefined): Promise<void> {
    await this.#renewal.settle(client, cookie);
    const now = Date.now();
    if (now - client.last_seen < SEEN_EVERY_MS && client.last_addr === address) return;
    await this.#clients.update(client.client_id, (current) => ({ ...current, last_seen: now, last_addr: address }));
  }

  /** Whether the client should ask for another cookie [S8]. */
  renewalDue(client: ClientRecord): boolean {
    return this.#renewal.isDue(client);
  }

  /**
   * A renewed cookie for a request that is signed with the client's key: a cookie alone changes nothing [S9]. `cookie` is
   * undefined when none is due; `ok` false: the signature is not the client's.
   */
  async renew(
    client: ClientRecord,
    sig: string,
    origin: string,
    shown: string | undefined,
  ): Promise<{ ok: boolean; cookie?: string | undefined }> {
    const { client_id } = client;
    if (!this.#proof.ofNonce(client, (nonce) => renewalClaim({ nonce, origin, client_id }), sig)) return { ok: false };
    await this.#renewal.settle(client, shown);
    return { ok: true, cookie: await this.#renewal.issue(client) };
  }

  /** Whether a hello proves possession of the client's key for this very socket [S9] [S19]. */
  checkHello(client: ClientRecord, hello: HelloProof, nonce: string, origin: string): boolean {
    return this.#proof.ofHello(client, hello, nonce, origin);
  }

  /** Something for this client to sign, once, within a minute. */
  nonceFor(client: ClientRecord): string {
    return this.#proof.nonceFor(client);
  }

  /** Signs the client out when the request is signed with its key: a cookie alone is worth nothing [S9]. */
  async signOut(client: ClientRecord, sig: string, origin: string, address: string): Promise<boolean> {
    const { client_id, user } = client;
    if (!this.#proof.ofNonce(client, (nonce) => signOutClaim({ nonce, origin, client_id }), sig)) return false;
    await this.admin.revoke(client_id, { by: { user, client: client_id, addr: address }, endSessions: false });
    return true;
  }
}
