/** What a reverse proxy may tell about a request: one pure decision [S3] [S13] [S14]. */
import type { IncomingHttpHeaders } from "node:http";
import { type Cidr, contains, parseAddress } from "../policy/address.ts";
import { sameHash, sha256 } from "../random.ts";
import type { Identity, Role } from "./identity.ts";

export type HeaderTrust = {
  /** Peers that are believed; empty: nobody is. */
  proxies: readonly Cidr[];
  /** Undefined: identity by header is off. */
  identity?:
    | {
        userHeader: string;
        groupsHeader: string | undefined;
        administrators: readonly string[];
        secretHeader: string;
        /** SHA-256 of the shared secret, see `sha256()`; undefined: none is asked for. */
        secretHash: string | undefined;
      }
    | undefined;
};

/** `identity` is undefined where identity by header is off, and where the reverse proxy named nobody. */
export type Provenance =
  | { ok: true; address: string; identity: Identity | undefined }
  | { ok: false; code: "identity_untrusted" };

const FORWARDED = ["x-forwarded-for", "forwarded"] as const;
const USER_MAX_CHARS = 128;
const MALFORMED = Symbol("malformed");
const UNTRUSTED = { ok: false, code: "identity_untrusted" } as const;

/** No header is looked at: nobody is trusted. */
export const NO_TRUST: HeaderTrust = { proxies: [] };

/**
 * Address and user of a request. `peer` is the TCP peer. Headers that only a listed peer may set are refused from any
 * other, as soon as any peer is listed [S13].
 */
export function provenance(trust: HeaderTrust, peer: string | undefined, headers: IncomingHttpHeaders): Provenance {
  const address = peer ?? "unknown";
  if (trust.proxies.length === 0 && trust.identity === undefined) return { ok: true, address, identity: undefined };
  const { identity } = trust;
  const own = identity === undefined ? [] : [identity.userHeader, identity.groupsHeader, identity.secretHeader];
  if (!isListed(trust, peer)) {
    const claimed = [...FORWARDED, ...own].some((name) => name !== undefined && headers[name] !== undefined);
    return claimed ? UNTRUSTED : { ok: true, address, identity: undefined };
  }
  const forwarded = forwardedAddress(trust, headers);
  // A listed peer that forwards nonsense is not one to believe anything of.
  if (forwarded === MALFORMED) return UNTRUSTED;
  const from = forwarded ?? address;
  if (identity === undefined) return { ok: true, address: from, identity: undefined };
  const claim = oneOf(headers, identity.userHeader);
  const proof = oneOf(headers, identity.secretHeader);
  const proven = identity.secretHash === undefined || sameHash(sha256(proof ?? ""), identity.secretHash);
  if (!proven)
    return claim === undefined && proof === undefined ? { ok: true, address: from, identity: undefined } : UNTRUSTED;
  if (claim === undefined) return { ok: true, address: from, identity: undefined };
  const user = readUser(claim);
  if (user === undefined) return UNTRUSTED;
  const groups = groupsOf(identity.groupsHeader === undefined ? undefined : oneOf(headers, identity.groupsHeader));
  const admin = groups.some((group) => identity.administrators.includes(group));
  const roles: Role[] = admin ? ["user", "administrator"] : ["user"];
  return { ok: true, address: from, identity: { kind: "identity", user, roles, expires: null, source: "header" } };
}

function isListed({ proxies }: HeaderTrust, peer: string | undefined): boolean {
  const address = peer === undefined ? undefined : parseAddress(peer);
  return address !== undefined && proxies.some((cidr) => contains(cidr, address));
}

/** The last address that a listed proxy did not add itself; what stands before it anyone may have written. */
function forwardedAddress(trust: HeaderTrust, headers: IncomingHttpHeaders): string | typeof MALFORMED | undefined {
  const header = headers["x-forwarded-for"];
  if (header === undefined) return undefined;
  const hops = (Array.isArray(header) ? header.join(",") : header).split(",").map((hop) => hop.trim());
  for (const hop of hops.toReversed()) {
    if (parseAddress(bare(hop)) === undefined) return MALFORMED;
    if (!isListed(trust, bare(hop))) return bare(hop);
  }
  return bare(hops[0] ?? "");
}

/** Without brackets and without the port that some proxies add. */
function bare(hop: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(hop)?.[1];
  return bracketed ?? /^([\d.]+):\d{1,5}$/.exec(hop)?.[1] ?? hop;
}

/** A header that came twice says nothing: Node joins doubles with a comma, which no user name may contain. */
function oneOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

/** A user name as it may be stored and shown; undefined when it is none [S2]. */
export function readUser(text: string): string | undefined {
  // Node reads headers as Latin-1; reverse proxies write UTF-8.
  const name = Buffer.from(text, "latin1").toString("utf8").trim();
  const fits = name.length > 0 && name.length <= USER_MAX_CHARS && !/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\ufffd,]/u.test(name);
  return fits ? name : undefined;
}

function groupsOf(text: string | undefined): string[] {
  return (text ?? "")
    .split(/[,;|]/)
    .map((group) => Buffer.from(group, "latin1").toString("utf8").trim())
    .filter((group) => group !== "");
}
