/** What people are told of the certificates: names, fingerprints, dates [S31]. */
import type { X509Certificate } from "node:crypto";
import { periodOf } from "./certificate.ts";
import type { CertificateState } from "./certificate-keeper.ts";
import { namesIn } from "./leaf.ts";

const DAY_MS = 24 * 60 * 60_000;
/** From here on an expiry is warned of. */
export const WARN_DAYS = 21;

export type CertificateFacts = {
  readonly name: string;
  /** SHA-256 of the certificate, as browsers and systems show it. */
  readonly sha256: string;
  readonly not_after: string;
  readonly days_left: number;
  readonly warns: boolean;
};
export type TlsFacts =
  | { readonly mode: "none" }
  | {
      readonly mode: "local_ca" | "files";
      readonly ca?: CertificateFacts | undefined;
      readonly leaf: CertificateFacts & { readonly names: readonly string[]; readonly renews?: string | undefined };
      readonly problem?: string | undefined;
    };

export function certificateFacts(certificate: X509Certificate, now: Date): CertificateFacts {
  const days_left = Math.floor((periodOf(certificate).notAfter.getTime() - now.getTime()) / DAY_MS);
  return {
    name: /(?:^|\n)CN=(.*)/.exec(certificate.subject)?.[1] ?? "",
    sha256: certificate.fingerprint256,
    not_after: periodOf(certificate).notAfter.toISOString(),
    days_left,
    warns: days_left < WARN_DAYS,
  };
}

/** For the settings of a signed-in client; nothing in it is secret. */
export function tlsFacts(state: CertificateState | undefined, now: Date): TlsFacts {
  if (state === undefined) return { mode: "none" };
  const { source, leaf, ca, renews, problem } = state;
  return {
    mode: source,
    ca: ca === undefined ? undefined : certificateFacts(ca, now),
    leaf: { ...certificateFacts(leaf, now), names: namesIn(leaf), renews: renews?.toISOString() },
    problem,
  };
}
