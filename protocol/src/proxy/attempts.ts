/**
 * The last attempt stamp of every client. A hello whose stamp is not newer comes from a socket that its page has given up
 * (or from a replay) and must change nothing: close 4005 [WP24] [I6]. Bounded: the least recently used client is
 * forgotten first, which at worst lets an old hello of it through to the other checks.
 */
export class AttemptLedger {
  readonly #last = new Map<string, number>();
  readonly #clients: number;

  constructor(clients = 4_096) {
    this.#clients = clients;
  }

  /** Whether `attempt` of this client is newer than all before; if so it is the last now. */
  admit(client: string, attempt: number): boolean {
    if (attempt <= (this.#last.get(client) ?? 0)) return false;
    this.#last.delete(client);
    this.#last.set(client, attempt);
    for (const oldest of this.#last.keys()) {
      if (this.#last.size <= this.#clients) break;
      this.#last.delete(oldest);
    }
    return true;
  }
}
