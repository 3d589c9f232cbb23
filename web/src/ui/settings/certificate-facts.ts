/** What the proxy says of its certificates over HTTP [S31]: no session's data, so it needs no worker. */

export type CertificateFacts = { name: string; sha256: string; not_after: string; days_left: number; warns: boolean };
export type TlsFacts =
  | { mode: "none" }
  | {
      mode: "local_ca" | "files";
      ca?: CertificateFacts;
      leaf: CertificateFacts & { names: readonly string[]; renews?: string };
      /** Why the last replacement failed, in the proxy's words. */
      problem?: string;
    };

/** Undefined when the proxy cannot be reached or does not say. */
export async function askTlsFacts(ask: typeof fetch = fetch): Promise<TlsFacts | undefined> {
  try {
    const response = await ask("/api/tls", { credentials: "same-origin", cache: "no-store" });
    if (!response.ok) return undefined;
    const facts: unknown = await response.json();
    return isTlsFacts(facts) ? facts : undefined;
  } catch {
    return undefined;
  }
}

function isTlsFacts(value: unknown): value is TlsFacts {
  if (!isRecord(value)) return false;
  if (value.mode === "none") return true;
  const { mode, ca, leaf, problem } = value;
  return (
    (mode === "local_ca" || mode === "files") &&
    isCertificate(leaf) &&
    Array.isArray(leaf.names) &&
    (ca === undefined || isCertificate(ca)) &&
    (problem === undefined || typeof problem === "string")
  );
}

function isCertificate(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value)) return false;
  const texts = [value.name, value.sha256, value.not_after].every((one) => typeof one === "string");
  return texts && typeof value.days_left === "number" && typeof value.warns === "boolean";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Days that are left, as a sentence has them. */
export function daysLeft(days: number): string {
  if (days < 0) return "expired";
  return days === 0 ? "less than a day left" : days === 1 ? "1 day left" : `${days} days left`;
}

/** Whether a page's host is an address: WebAuthn, and so passkeys, works under names only [S33]. */
export function isAddress(hostname: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(hostname) || hostname.startsWith("[");
}
