/** Who may have a session: the rules of [WP27] and [WP28] as pure functions. */

/** The page that is attached now. */
export type Holder = { client: string; instance: string; epoch: number };
/** The page that asks, in hello (`force` false) or attach. `knownEpoch`: the last attachment that it knows of. */
export type Claimant = { client: string; instance: string; knownEpoch: number; lockHeld: boolean; force: boolean };

/**
 * - `grant`: attach now (the holder, if another instance, is told `taken_over`);
 * - `probe`: PING the holder; ask again with the outcome within 2 s (TAKEOVER_PROBE_MS);
 * - `busy`: the holder lives, and only its user may take the session away [I10].
 */
export type TakeoverVerdict = "grant" | "probe" | "busy";

export function decideTakeover(
  holder: Holder | null,
  claimant: Claimant,
  probe: "unknown" | "silent" | "answered" = "unknown",
): TakeoverVerdict {
  if (holder === null || claimant.force) return "grant";
  if (holder.instance === claimant.instance) return "grant";
  // The lock proves that the page before is dead. A holder that came after what the claimant knows is another page, and
  // a claim that was under way when its user tapped "take over" must not win against it [I10].
  const heir = holder.client === claimant.client && claimant.knownEpoch >= holder.epoch;
  if (heir && claimant.lockHeld) return "grant";
  if (probe === "unknown") return "probe";
  return probe === "silent" ? "grant" : "busy";
}

/**
 * To whom a session belongs. `tokenHash` is SHA-256 of the token in force [WP27]; `former`: whose token an adoption
 * revoked.
 */
export type Ownership = {
  user: string;
  client: string;
  tokenHash: Uint8Array;
  former: readonly { client: string; tokenHash: Uint8Array }[];
};
/** What a claimant shows. `tokenHash` null: no token was sent. */
export type Credentials = { user: string; client: string; tokenHash: Uint8Array | null; force: boolean };

/**
 * - `token`: the session is the claimant's;
 * - `adopt`: another client of the same user takes it by a person's act: issue a new token, revoke the old, audit;
 * - `displaced`: the claimant had the session until another client adopted it, and may have slept through the news. Its
 *   token opens nothing any more; it is told `busy`, so that nobody reads "expired" of a session that lives on;
 * - `refuse`: answer `gone/expired`, whatever the cause.
 */
export function checkAccess(owner: Ownership, shown: Credentials): "token" | "adopt" | "displaced" | "refuse" {
  const sameHash = shown.tokenHash !== null && equalBytes(owner.tokenHash, shown.tokenHash);
  const sameUser = owner.user === shown.user;
  if (sameHash && sameUser && owner.client === shown.client) return "token";
  let displaced = false;
  for (const { client, tokenHash } of owner.former) {
    const same = shown.tokenHash !== null && equalBytes(tokenHash, shown.tokenHash);
    if (same && sameUser && client === shown.client) displaced = true;
  }
  if (sameUser && shown.force && (shown.tokenHash === null || displaced)) return "adopt";
  if (displaced) return "displaced";
  return "refuse";
}

/** Compares without an early exit, so that the time tells nothing. */
function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at++) difference |= (a[at] ?? 0) ^ (b[at] ?? 0);
  return difference === 0;
}
