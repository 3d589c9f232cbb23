import { CONNECT_REPLY_KEPT_MS } from "#protocol/limits.ts";
import type { Link } from "../links/link-table.ts";
import type { Session } from "../session.ts";
import type { ConnectAttempt } from "./connect-attempt.ts";

/** Connects by (user, client, id), kept so that a repeated request runs once [WP7]. */
export class ConnectLedger {
  readonly #attempts = new Map<string, { attempt: ConnectAttempt; since: number }>();

  get(user: string, clientId: string, id: string): ConnectAttempt | undefined {
    return this.#attempts.get(`${user} ${clientId} ${id}`)?.attempt;
  }

  add(attempt: ConnectAttempt, id: string): void {
    this.#attempts.set(`${attempt.user} ${attempt.clientId} ${id}`, { attempt, since: Date.now() });
  }

  pendingOf(user: string): number {
    return this.#all().filter((attempt) => attempt.pending && attempt.user === user).length;
  }

  pendingAt(link: Link, device: string, session_id: string): ConnectAttempt | undefined {
    return this.#all().find(
      ({ pending, link: own, message }) =>
        pending && own?.id === link.id && message.device === device && message.session_id === session_id,
    );
  }

  orphan(link: Link): void {
    for (const attempt of this.#all()) attempt.orphan(link);
  }

  /** Forgets finished connects after their time; never while their session is there: a late repetition would open another. */
  sweep(now: number): void {
    for (const [key, { attempt, since }] of this.#attempts) {
      const over = !attempt.pending && attempt.session === undefined;
      if (over && now - since > CONNECT_REPLY_KEPT_MS) this.#attempts.delete(key);
    }
  }

  /** The session is dropped: its connect keeps an answer, but not the session's memory. */
  dropped(session: Session): void {
    for (const attempt of this.#all()) if (attempt.session === session) attempt.outlived();
  }

  /** All that are being set up. */
  get pending(): number {
    return this.#all().filter((attempt) => attempt.pending).length;
  }

  /** Ends what a client is setting up. */
  cancel(user: string, clientId: string): void {
    for (const attempt of this.#all()) {
      if (attempt.pending && attempt.user === user && attempt.clientId === clientId) attempt.cancel();
    }
  }

  cancelAll(): void {
    for (const attempt of this.#all()) if (attempt.pending) attempt.cancel();
  }

  #all(): ConnectAttempt[] {
    return [...this.#attempts.values()].map(({ attempt }) => attempt);
  }
}
