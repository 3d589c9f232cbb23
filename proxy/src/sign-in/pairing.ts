/** Pairing secrets: single use, 10 minutes, stored hashed, burnt after 5 wrong tries [S4] to [S6], [S10]. */
import { PAIRING_TRIES, PAIRING_TTL_MS } from "#protocol/limits.ts";
import { random128, sameHash, sha256 } from "../random.ts";
import { newTypedCode, readTypedCode } from "./typed-code.ts";

export type Pairing = {
  id: string;
  link_sha256: string;
  code_sha256: string;
  expires: number;
  /** Wrong tries while this one was open. */
  tries: number;
  /** Only this user may use it; absent: whoever has it. */
  user?: string | undefined;
  used?: { at: number; label: string } | undefined;
};

/** What the person gets to see, once; only hashes are kept. */
export type PairingSecret = { link: string; code: string };
export type PairingVerdict =
  | { ok: true; pairing: Pairing }
  | { ok: false; code: "pair_invalid"; tries_left: number; touched: readonly Pairing[] }
  | { ok: false; code: "pair_used"; label: string; at: number }
  | { ok: false; code: "pair_expired" };

/** A new secret, as a link and as a typed code for the same thing. */
export function newPairing(
  now: number,
  options: { user?: string | undefined; lifeMs?: number } = {},
): { pairing: Pairing; secret: PairingSecret } {
  const secret = { link: random128(), code: newTypedCode() };
  const pairing = {
    id: random128(),
    link_sha256: sha256(secret.link),
    code_sha256: sha256(secret.code),
    expires: now + (options.lifeMs ?? PAIRING_TTL_MS),
    tries: 0,
    ...(options.user === undefined ? {} : { user: options.user }),
  };
  return { pairing, secret };
}

/**
 * Judges a code against all pairings that are kept. A wrong one counts against every open pairing: nobody can say which
 * was meant. `touched` are those to be stored again.
 */
export function judgePairing(
  pairings: readonly Pairing[],
  code: string,
  now: number,
  maxTries = PAIRING_TRIES,
): PairingVerdict {
  const link = sha256(code);
  const typed = sha256(readTypedCode(code) ?? code);
  let found: Pairing | undefined;
  // All are compared, found or not: the time says nothing.
  for (const pairing of pairings) {
    const same = [sameHash(pairing.link_sha256, link), sameHash(pairing.code_sha256, typed)];
    if (same.includes(true)) found = pairing;
  }
  if (found?.used !== undefined) return { ok: false, code: "pair_used", ...found.used };
  if (found !== undefined && found.expires <= now) return { ok: false, code: "pair_expired" };
  if (found !== undefined && found.tries < maxTries) return { ok: true, pairing: found };
  const open = pairings.filter((pairing) => isOpen(pairing, now, maxTries));
  const touched = open.map((pairing) => ({ ...pairing, tries: pairing.tries + 1 }));
  const left = touched.map(({ tries }) => maxTries - tries);
  return { ok: false, code: "pair_invalid", tries_left: left.length === 0 ? 0 : Math.max(...left), touched };
}

/** Whether it could be used now. */
export function isOpen({ used, expires, tries }: Pairing, now: number, maxTries = PAIRING_TRIES): boolean {
  return used === undefined && expires > now && tries < maxTries;
}

/** Whether a pairing can be forgotten: used ones are kept a while, so that a second use can be told which label it was. */
export function isStale(pairing: Pairing, now: number): boolean {
  return now > pairing.expires + 24 * 60 * 60_000;
}
