/** Who somebody is, however it was found out, and what a role allows [S15] [S16]. */

export type Role = "user" | "administrator";

/**
 * The result of every way to sign in [S15]. `expires`: epoch ms after which it has to be found out again; null: it holds
 * for the request or link it was found for. The brand makes it impossible to take anything else for one.
 */
export type Identity = {
  readonly kind: "identity";
  readonly user: string;
  /** Empty: this proxy knows no roles, and every paired client has full power [S99]. */
  readonly roles: readonly Role[];
  readonly expires: number | null;
  readonly source: "pairing" | "header";
};

/** A login that is not finished: nothing that wants an {@link Identity} takes it [S15]. */
export type PendingLogin = { readonly kind: "pending"; readonly step: string; readonly started: number };

/** The one user of a proxy without identity by header: every paired client has full power [S99]. */
export const OWNER = "owner";

/** Time within which an unlocked vault or an act at the console stands for "it is really them" [S16]. */
export const FRESH_PROOF_MS = 5 * 60_000;

/** Proofs beside a role; epoch ms, undefined: never. */
export type FreshProof = {
  /** When the client last proved that its vault was unlocked just then. */
  vaultUnlocked?: number | undefined;
  /** When somebody last allowed changes at the proxy's own console. */
  consoleAct?: number | undefined;
};

export type MayChange = { ok: true; by: "role" | "vault" | "console" } | { ok: false; reason: "role" | "fresh_proof" };

/** Whether this identity may change target policy or the use of the proxy's agent now [S16]. */
export function mayChangePolicy(identity: Identity, proof: FreshProof, now: number): MayChange {
  if (identity.expires !== null && identity.expires <= now) return { ok: false, reason: "role" };
  // Where roles exist nothing else counts.
  if (identity.roles.length > 0) {
    return identity.roles.includes("administrator") ? { ok: true, by: "role" } : { ok: false, reason: "role" };
  }
  if (isFresh(proof.consoleAct, now)) return { ok: true, by: "console" };
  if (isFresh(proof.vaultUnlocked, now)) return { ok: true, by: "vault" };
  return { ok: false, reason: "fresh_proof" };
}

/**
 * Whether this identity may choose a legacy set or replace a host key now; `confirmed`: the person said so explicitly, or
 * typed the fingerprint [S16] [S48].
 */
export function mayLowerGuard(identity: Identity, confirmed: boolean, now: number): MayChange {
  if (identity.roles.length > 0) return mayChangePolicy(identity, {}, now);
  return confirmed ? { ok: true, by: "role" } : { ok: false, reason: "fresh_proof" };
}

/**
 * Whether a link that was opened with `had` must close, now that a request shows the same user with `has` [S14] [S16].
 * `own`: the request is of the link's client, so that any difference counts. One of another client of the user takes the
 * administrator role away and never gives it: where a reverse proxy keeps groups for each login, two tablets would else
 * close each other's links for ever.
 */
export function rolesOutdated(had: readonly Role[], has: readonly Role[], own: boolean): boolean {
  const demoted = had.includes("administrator") && !has.includes("administrator");
  return demoted || (own && (had.length !== has.length || had.some((role) => !has.includes(role))));
}

/** A time in the future proves nothing: a clock that was set back must not extend a proof. */
function isFresh(at: number | undefined, now: number): boolean {
  return at !== undefined && at <= now && now - at <= FRESH_PROOF_MS;
}
