/** What may be done to paired clients: list, rename, revoke, keep a user out [S11]. */
import type { Audit } from "../audit/audit.ts";
import type { AuditWho } from "../audit/audit-events.ts";
import type { Role } from "../identity/identity.ts";
import type { Log } from "../log.ts";
import { RateLimit } from "../rate-limit.ts";
import { keyFingerprint } from "./client-key.ts";
import type { ClientRecord, ClientStore } from "./client-store.ts";

/** A client whose links must close at once; `gone`: it is no longer paired, so its tokens are worth nothing either. */
export type ClientClosing = { clientId: string; user: string; reason: string; gone: boolean; endSessions: boolean };
/** What the reverse proxy says of a user now, on a request of this client [S14]. */
export type SeenRoles = { clientId: string; user: string; roles: readonly Role[] };
/** Names that one client may give a minute: a person types them. */
const RENAMES_PER_MIN = 10;
const RENAMES_BURST = 60;

/** Who asks; `console` is the proxy's OS user. */
export type By = AuditWho | "console";

export class ClientAdmin {
  readonly #clients: ClientStore;
  readonly #log: Log;
  readonly #audit: Audit;
  readonly #say: (line: string) => void;
  readonly #listeners = new Set<(closing: ClientClosing) => void>();
  readonly #renames = new RateLimit(RENAMES_PER_MIN, RENAMES_BURST);
  readonly #roleListeners = new Set<(seen: SeenRoles) => void>();

  constructor(options: { clients: ClientStore; log: Log; audit: Audit; say: (line: string) => void }) {
    this.#clients = options.clients;
    this.#log = options.log;
    this.#audit = options.audit;
    this.#say = options.say;
  }

  /** Called, before anything else happens, when a client's links must close [S11]. */
  onClosing(listener: (closing: ClientClosing) => void): void {
    this.#listeners.add(listener);
  }

  /** Called with the roles of each request: links that were opened with others must close [S14] [S16]. */
  onRoles(listener: (seen: SeenRoles) => void): void {
    this.#roleListeners.add(listener);
  }

  noteRoles(seen: SeenRoles): void {
    for (const listener of this.#roleListeners) listener(seen);
  }

  /** All clients, or those of one user. */
  list(user?: string): readonly ClientRecord[] {
    return this.#clients.list(user);
  }

  /** Seconds until this client may rename again; 0: now. Each name is a write and a line of the audit. */
  renameWait(asking: string): number {
    return this.#renames.take(asking);
  }

  /** False when there is no such client (any more). A name that it has already is no change, and no event. */
  async rename(clientId: string, label: string, by: By): Promise<boolean> {
    const before = this.#clients.get(clientId);
    if (before?.label === label) return true;
    if (before === undefined || !(await this.#clients.update(clientId, (client) => ({ ...client, label }))))
      return false;
    this.#write("client.renamed", { ...before, label }, by);
    return true;
  }

  /** Closes its links, then makes cookie, key and tokens worthless. False when there is no such client. */
  async revoke(clientId: string, options: { by: By; endSessions: boolean }): Promise<boolean> {
    const client = this.#clients.get(clientId);
    if (client === undefined) return false;
    const { user, label } = client;
    // From here on its cookie and key are worth nothing, and its links close before the file is written.
    const removed = this.#clients.remove([clientId]);
    this.#close({ clientId, user, reason: "client_revoked", gone: true, endSessions: options.endSessions });
    await removed;
    this.#say(`Revoked: "${label}".`);
    this.#log("info", "client.revoked", { label });
    this.#write("client.revoked", client, options.by);
    return true;
  }

  /** Keeps a user out: all clients are revoked and all sessions end [S11]. */
  async disable(user: string, by: By): Promise<void> {
    const gone = this.#clients.list(user);
    const stored = this.#clients.setDisabled(user, true);
    for (const { client_id: clientId } of gone) {
      this.#close({ clientId, user, reason: "user_disabled", gone: true, endSessions: true });
    }
    await stored;
    for (const client of gone) this.#write("client.revoked", client, by);
    this.#audit.write({ event: "user.disabled", outcome: "ok", user, by: nameOf(by) });
  }

  async enable(user: string, by: By): Promise<void> {
    await this.#clients.setDisabled(user, false);
    this.#audit.write({ event: "user.enabled", outcome: "ok", user, by: nameOf(by) });
  }

  /** Ends what a client has open, without revoking it: it is somebody else's now [S14]. */
  closeLinks(clientId: string, reason: string): void {
    const user = this.#clients.get(clientId)?.user ?? "";
    this.#close({ clientId, user, reason, gone: false, endSessions: false });
  }

  #close(closing: ClientClosing): void {
    for (const listener of this.#listeners) listener(closing);
  }

  #write(event: "client.renamed" | "client.revoked", client: ClientRecord, by: By): void {
    const { user, client_id, label, public_key } = client;
    const who = by === "console" ? {} : { addr: by.addr };
    const key = keyFingerprint(public_key);
    this.#audit.write({ event, outcome: "ok", user, client: client_id, ...who, label, key, by: nameOf(by) });
  }
}

function nameOf(by: By): string | undefined {
  return by === "console" ? by : by.client;
}
