/** Renewal of the cookie: only a client that just proved its key gets a new one, or gives the old one up [S8] [S9]. */
import { COOKIE_RENEW_AFTER_S } from "#protocol/limits.ts";
import { random256, sha256 } from "../random.ts";
import type { ClientRecord, ClientStore } from "./client-store.ts";

/** A renewed cookie that was sent a moment ago may still be on its way: another one would take its place. */
const RENEW_AGAIN_MS = 60_000;

export class CookieRenewal {
  readonly #clients: ClientStore;

  constructor(clients: ClientStore) {
    this.#clients = clients;
  }

  isDue({ cookie_issued }: ClientRecord): boolean {
    return Date.now() - cookie_issued > COOKIE_RENEW_AFTER_S * 1_000;
  }

  /** A new cookie, when the old one is due; the old one counts until the new one was shown with a proof. */
  async issue({ client_id }: ClientRecord): Promise<string | undefined> {
    const now = Date.now();
    const current = this.#clients.get(client_id);
    if (current === undefined || !this.isDue(current)) return undefined;
    if (now - (current.renewal?.issued ?? 0) <= RENEW_AGAIN_MS) return undefined;
    const cookie = random256();
    const renewal = { sha256: sha256(cookie), issued: now };
    const there = await this.#clients.update(client_id, (client) => ({ ...client, renewal }));
    return there ? cookie : undefined;
  }

  /** The client has proved its key and shown this cookie: if it is the renewed one, the old one is worth nothing now. */
  async settle({ client_id }: ClientRecord, cookie: string | undefined): Promise<void> {
    const renewal = this.#clients.get(client_id)?.renewal;
    if (renewal === undefined || cookie === undefined || sha256(cookie) !== renewal.sha256) return;
    await this.#clients.update(client_id, ({ renewal: pending, ...client }) =>
      pending?.sha256 === renewal.sha256
        ? { ...client, cookie_sha256: pending.sha256, cookie_issued: pending.issued }
        : { ...client, ...(pending === undefined ? {} : { renewal: pending }) },
    );
  }
}
