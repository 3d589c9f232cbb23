/** What the registry asks of one session or of many: whose, how much is held, when a place becomes free. */
import type { Link } from "../links/link-table.ts";
import type { Session } from "../session.ts";

/** When to try again for a place, where no session is about to end by itself. */
const PLACE_RETRY_S = 60;

/** Whether a repeated connect may have its session: not when another page has it or had it since [I10]. */
export function isOwn({ identity, core }: Session, link: Link): boolean {
  return identity.clientId === link.clientId && (core.holder === null || core.holder.instance === link.instanceId);
}

export function held(sessions: readonly Session[]): number {
  return sessions.reduce((sum, { heldBytes }) => sum + heldBytes, 0);
}

/** When a place may become free by itself: the end of the first grace, or a while when all are in use. */
export function soonest(sessions: readonly Session[]): number {
  const ends = sessions.flatMap((session) => expiry(session).expires_in_s ?? []);
  return Math.max(1, Math.min(PLACE_RETRY_S, ...ends));
}

export function byUser(sessions: readonly Session[]): Map<string, Session[]> {
  const users = new Map<string, Session[]>();
  for (const session of sessions) {
    const list = users.get(session.identity.user) ?? [];
    list.push(session);
    users.set(session.identity.user, list);
  }
  return users;
}

/** Who has the session; `asker`: the client that wants to know, so that it can tell its own pages from another client. */
export function holderOf({ core }: Session, asker?: string): { holder?: string; other_client?: true } {
  if (core.holder === null) return {};
  const other = asker !== undefined && core.holder.client !== asker;
  return { holder: core.holder.label, ...(other ? { other_client: true } : {}) };
}

export function expiry({ core }: Session): { expires_in_s?: number } {
  const at = core.expiresAt();
  return at === null ? {} : { expires_in_s: Math.max(0, Math.ceil((at - Date.now()) / 1_000)) };
}
