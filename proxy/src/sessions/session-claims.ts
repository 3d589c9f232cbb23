/** What a link that claims a session is answered: whose it is, and whether its holder must be asked [WP27] [WP28]. */
import type { SessionRequest } from "#protocol/messages/session-entry.ts";
import { checkAccess, decideTakeover } from "#protocol/proxy/takeover.ts";
import type { Link, LinkTable } from "../links/link-table.ts";
import type { Session } from "../session.ts";
import { tokenHash } from "./connect-attempt.ts";

/** `force`: a person's act, and not a page coming back. */
export type Claim = { link: Link; request: SessionRequest; force: boolean };

export function accessOf(
  session: Session | undefined,
  { link, request, force }: Claim,
): ReturnType<typeof checkAccess> {
  // The same work for unknown, foreign and wrong [S20].
  const shownHash = request.token === undefined ? null : tokenHash(request.token);
  const nobody = { user: "", clientId: "", tokenHash: new Uint8Array(32), former: [] };
  const { user, clientId, tokenHash: ownHash, former } = session?.identity ?? nobody;
  const owner = { user, client: clientId, tokenHash: ownHash, former };
  return checkAccess(owner, { user: link.user, client: link.clientId, tokenHash: shownHash, force });
}

/**
 * Asks the holder where that decides. `superseded`: the page of the claim said hello on a newer link meanwhile, and what
 * this one is given would be taken from that one, which may have been told already that it has it [WP24].
 */
export async function claimOutcome(
  links: LinkTable,
  session: Session,
  { link, request, force }: Claim,
): Promise<"grant" | "busy" | "superseded"> {
  const { holder } = session.core;
  const claimant = {
    client: link.clientId,
    instance: link.instanceId,
    knownEpoch: request.known_epoch,
    lockHeld: request.lock_held,
    force,
  };
  const verdict = decideTakeover(holder, claimant);
  if (verdict !== "probe" || holder === null) {
    if (links.isSuperseded(link)) return "superseded";
    return verdict === "busy" ? "busy" : "grant";
  }
  const answer = (await links.get(holder.link)?.probe()) ?? "silent";
  if (links.isSuperseded(link)) return "superseded";
  // Another page came in between: the silence of the one before says nothing about it.
  const current = session.core.holder;
  const known = current === null || current.epoch === holder.epoch ? answer : "answered";
  return decideTakeover(current, claimant, known) === "busy" ? "busy" : "grant";
}
