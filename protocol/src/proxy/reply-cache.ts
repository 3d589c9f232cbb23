import type { Down } from "../down.ts";
import { KEPT_REPLIES } from "../limits.ts";

/**
 * Runs each request with side effects once [WP7] [I11]: `begin(id)` says whether the request is new; a repeated one gets
 * the replies it had so far, and those still to come reach whoever is attached then. A request may have several replies
 * (exec_started, exec_done). Keeps the last 256 requests.
 */
export class ReplyCache {
  readonly #replies = new Map<string, Down[]>();
  readonly #kept: number;

  constructor(kept: number = KEPT_REPLIES) {
    this.#kept = kept;
  }

  /** `undefined`: run it. Otherwise it ran or is running, and these are its replies so far, to be sent again. */
  begin(id: string): readonly Down[] | undefined {
    const known = this.#replies.get(id);
    if (known !== undefined) return known;
    this.#replies.set(id, []);
    for (const oldest of this.#replies.keys()) {
      if (this.#replies.size <= this.#kept) break;
      this.#replies.delete(oldest);
    }
    return undefined;
  }

  /** Keeps a reply to a request that began here; others are not kept. */
  record(id: string, reply: Down): void {
    this.#replies.get(id)?.push(reply);
  }
}
