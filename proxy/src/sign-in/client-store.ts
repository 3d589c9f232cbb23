/** The paired clients, in one file: hash of the cookie, public key, user, label, dates, last address [S8]. */
import { join } from "node:path";
import * as v from "valibot";
import { COOKIE_TTL_S } from "#protocol/limits.ts";
import { writeAtomic } from "../atomic-file.ts";
import { sameHash, sha256 } from "../random.ts";
import { Serial } from "../serial.ts";
import { readStateFile } from "../state-file.ts";

const ClientRecord = v.object({
  client_id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/)),
  /** SubjectPublicKeyInfo, base64url. */
  public_key: v.string(),
  user: v.string(),
  label: v.string(),
  cookie_sha256: v.string(),
  paired: v.number(),
  cookie_issued: v.number(),
  last_seen: v.number(),
  last_addr: v.string(),
});
export type ClientRecord = v.InferOutput<typeof ClientRecord>;
const ClientFile = v.object({
  version: v.literal(1),
  clients: v.array(ClientRecord),
  /** Hashes of cookies of clients that were signed out, so that they can be told so. */
  revoked: v.array(v.string()),
});

const REVOKED_KEPT = 200;

export type CookieVerdict =
  | { ok: true; client: ClientRecord }
  | { ok: false; reason: "auth_required" | "client_revoked" };

export class ClientStore {
  readonly #path: string;
  #clients: ClientRecord[];
  #revoked: string[];
  readonly #writing = new Serial();

  private constructor(path: string, clients: ClientRecord[], revoked: string[]) {
    this.#path = path;
    this.#clients = clients;
    this.#revoked = revoked;
  }

  static async open(dataDir: string): Promise<ClientStore> {
    const path = join(dataDir, "clients.json");
    const file = await readStateFile(path, ClientFile);
    return new ClientStore(path, file?.clients ?? [], file?.revoked ?? []);
  }

  get size(): number {
    return this.#clients.length;
  }

  get(clientId: string): ClientRecord | undefined {
    return this.#clients.find((client) => client.client_id === clientId);
  }

  /** Whose cookie this is; the comparison takes the same time for every client. */
  byCookie(cookie: string | undefined, now: number): CookieVerdict {
    if (cookie === undefined) return { ok: false, reason: "auth_required" };
    const hash = sha256(cookie);
    let found: ClientRecord | undefined;
    for (const client of this.#clients) if (sameHash(client.cookie_sha256, hash)) found = client;
    if (found !== undefined && now < found.cookie_issued + COOKIE_TTL_S * 1_000) return { ok: true, client: found };
    return { ok: false, reason: this.#revoked.includes(hash) ? "client_revoked" : "auth_required" };
  }

  /** Stores a client; throws when the file cannot be written, and then nothing has changed. */
  async put(record: ClientRecord): Promise<void> {
    await this.#change((clients) => [...clients.filter(({ client_id }) => client_id !== record.client_id), record]);
  }

  async remove(clientId: string): Promise<void> {
    const gone = this.get(clientId);
    if (gone === undefined) return;
    const revoked = [...this.#revoked, gone.cookie_sha256].slice(-REVOKED_KEPT);
    await this.#change((clients) => clients.filter(({ client_id }) => client_id !== clientId), revoked);
  }

  async #change(edit: (clients: ClientRecord[]) => ClientRecord[], revoked = this.#revoked): Promise<void> {
    await this.#writing.run(async () => {
      const clients = edit(this.#clients);
      await writeAtomic(this.#path, `${JSON.stringify({ version: 1, clients, revoked }, undefined, 1)}\n`);
      this.#clients = clients;
      this.#revoked = revoked;
    });
  }
}
