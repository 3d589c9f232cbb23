/** The paired clients, in one file: hash of the cookie, public key, user, label, dates, last address [S8]. */
import { join } from "node:path";
import * as v from "valibot";
import { COOKIE_TTL_S } from "#protocol/limits.ts";
import { writeAtomic } from "../atomic-file.ts";
import { sameHash, sha256 } from "../random.ts";
import { Serial } from "../serial.ts";
import { readStateFile } from "../state-file.ts";

const Cookie = v.object({ sha256: v.string(), issued: v.number() });
const ClientRecord = v.object({
  client_id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/)),
  /** SubjectPublicKeyInfo, base64url. */
  public_key: v.string(),
  user: v.string(),
  label: v.string(),
  cookie_sha256: v.string(),
  paired: v.number(),
  cookie_issued: v.number(),
  /** A renewed cookie that the client has not shown yet: until then the old one counts as well. */
  renewal: v.optional(Cookie),
  last_seen: v.number(),
  last_addr: v.string(),
});
export type ClientRecord = v.InferOutput<typeof ClientRecord>;
const ClientFile = v.object({
  version: v.literal(1),
  clients: v.array(ClientRecord),
  /** Hashes of cookies of clients that were signed out, so that they can be told so. */
  revoked: v.array(v.string()),
  /** Users that may not sign in, with whatever client [S11]. */
  disabled: v.optional(v.array(v.string()), []),
});
type Content = v.InferOutput<typeof ClientFile>;

const REVOKED_KEPT = 200;
const EMPTY: Content = { version: 1, clients: [], revoked: [], disabled: [] };

export type CookieVerdict =
  | { ok: true; client: ClientRecord }
  | { ok: false; reason: "auth_required" | "client_revoked" };

export class ClientStore {
  readonly #path: string;
  #content: Content;
  readonly #writing = new Serial();
  /** Being removed: worth nothing from the first moment on, also when the file cannot be written [S2] [S11]. */
  readonly #barred = new Set<string>();

  private constructor(path: string, content: Content) {
    this.#path = path;
    this.#content = content;
  }

  static async open(dataDir: string): Promise<ClientStore> {
    const path = join(dataDir, "clients.json");
    return new ClientStore(path, (await readStateFile(path, ClientFile)) ?? EMPTY);
  }

  get size(): number {
    return this.#clients().length;
  }

  /** All, or those of one user; in the order in which they were paired. */
  list(user?: string): readonly ClientRecord[] {
    return this.#clients().filter((client) => user === undefined || client.user === user);
  }

  #clients(): readonly ClientRecord[] {
    const { clients } = this.#content;
    return this.#barred.size === 0 ? clients : clients.filter(({ client_id }) => !this.#barred.has(client_id));
  }

  get(clientId: string): ClientRecord | undefined {
    return this.#clients().find((client) => client.client_id === clientId);
  }

  isDisabled(user: string): boolean {
    return this.#content.disabled.includes(user);
  }

  /** Whose cookie this is; the comparison takes the same time for every client. */
  byCookie(cookie: string | undefined, now: number): CookieVerdict {
    if (cookie === undefined) return { ok: false, reason: "auth_required" };
    const hash = sha256(cookie);
    let found: { client: ClientRecord; issued: number } | undefined;
    for (const client of this.#content.clients) {
      if (sameHash(client.cookie_sha256, hash)) found = { client, issued: client.cookie_issued };
      if (sameHash(client.renewal?.sha256 ?? "", hash)) found = { client, issued: client.renewal?.issued ?? 0 };
    }
    if (found !== undefined && (this.#barred.has(found.client.client_id) || this.isDisabled(found.client.user)))
      return { ok: false, reason: "client_revoked" };
    if (found !== undefined && now < found.issued + COOKIE_TTL_S * 1_000) return { ok: true, client: found.client };
    return { ok: false, reason: this.#content.revoked.includes(hash) ? "client_revoked" : "auth_required" };
  }

  /** Stores a new client; throws when the file cannot be written, and then nothing has changed. */
  async add(record: ClientRecord): Promise<void> {
    await this.#change((content) => ({
      ...content,
      clients: [...content.clients.filter(({ client_id }) => client_id !== record.client_id), record],
    }));
  }

  /** Changes a client that is there; one that was revoked meanwhile stays gone. False when there is none. */
  async update(clientId: string, edit: (client: ClientRecord) => ClientRecord): Promise<boolean> {
    let found = false;
    await this.#change((content) => ({
      ...content,
      clients: content.clients.map((client) => {
        if (client.client_id !== clientId) return client;
        found = true;
        return edit(client);
      }),
    }));
    return found;
  }

  /** Forgets clients, at once; their cookies are told that they were revoked. Throws when that cannot be written. */
  async remove(clientIds: readonly string[]): Promise<void> {
    for (const id of clientIds) this.#barred.add(id);
    await this.#change((content) => without(content, clientIds));
    for (const id of clientIds) this.#barred.delete(id);
  }

  /** Keeps a user out, or lets one in again; keeping out forgets the user's clients [S11]. */
  async setDisabled(user: string, disabled: boolean): Promise<void> {
    const barred = disabled ? this.list(user).map(({ client_id }) => client_id) : [];
    for (const id of barred) this.#barred.add(id);
    await this.#change((content) => {
      const others = content.disabled.filter((one) => one !== user);
      if (!disabled) return { ...content, disabled: others };
      const gone = content.clients.filter((client) => client.user === user).map(({ client_id }) => client_id);
      return { ...without(content, gone), disabled: [...others, user] };
    });
    for (const id of barred) this.#barred.delete(id);
  }

  async #change(edit: (content: Content) => Content): Promise<void> {
    await this.#writing.run(async () => {
      const content = edit(this.#content);
      await writeAtomic(this.#path, `${JSON.stringify(content, undefined, 1)}\n`);
      this.#content = content;
    });
  }
}

function without(content: Content, clientIds: readonly string[]): Content {
  const gone = content.clients.filter(({ client_id }) => clientIds.includes(client_id));
  const hashes = gone.flatMap(({ cookie_sha256, renewal }) =>
    renewal === undefined ? [cookie_sha256] : [cookie_sha256, renewal.sha256],
  );
  return {
    ...content,
    clients: content.clients.filter((client) => !gone.includes(client)),
    revoked: [...content.revoked, ...hashes].slice(-REVOKED_KEPT),
  };
}
