/** The server's certificate from the local CA: 397 days, every served name, renewed at two thirds of its life [S30]. */
import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { ensureStateDir, writeAtomic } from "../atomic-file.ts";
import { makeLeafCertificate, periodOf } from "./certificate.ts";
import { CLOCK_SLACK_MS, type LocalCa, readIfThere, tlsDir } from "./local-ca.ts";

const DAY_MS = 24 * 60 * 60_000;
/** Longest that every browser accepts. */
const LEAF_DAYS = 397;
const RENEW_AT = 2 / 3;

/** What a TLS server presents. */
export type Credentials = { readonly cert: string; readonly key: string; readonly parsed: X509Certificate };

function leafFile(dataDir: string): string {
  return join(tlsDir(dataDir), "leaf.pem");
}

/** When a certificate of ours is replaced. */
export function renewalOf(certificate: X509Certificate): Date {
  const { notBefore, notAfter } = periodOf(certificate);
  return new Date(notBefore.getTime() + (notAfter.getTime() - notBefore.getTime()) * RENEW_AT);
}

/** Names and addresses of a certificate, addresses as browsers write them. */
export function namesIn(certificate: X509Certificate): readonly string[] {
  const entries = (certificate.subjectAltName ?? "").split(", ");
  return entries.flatMap((entry) => {
    const [kind, value = ""] = entry.split(/:(.*)/s, 2);
    if (kind === "DNS") return [value.toLowerCase()];
    return kind === "IP Address" ? [canonicalAddress(value)] : [];
  });
}

/** An address as browsers write it, without brackets. */
export function canonicalAddress(text: string): string {
  if (!text.includes(":")) return text;
  return new URL(`http://[${text}]`).hostname.slice(1, -1);
}

/**
 * Whether a stored certificate still does: of this CA, for all these names, begun and not yet due. One that was issued
 * while the clock was ahead has not begun.
 */
export function stillServes(leaf: X509Certificate, ca: LocalCa, names: readonly string[], now: Date): boolean {
  return periodOf(leaf).notBefore <= now && now < renewalOf(leaf) && isFor(leaf, ca, names);
}

/** Whether a certificate is of this CA and good for all these names. */
export function isFor(leaf: X509Certificate, ca: LocalCa, names: readonly string[]): boolean {
  const has = new Set(namesIn(leaf));
  return leaf.verify(ca.parsed.publicKey) && names.every((name) => has.has(name));
}

/** The stored certificate of the proxy; undefined when there is none that can be read: a new one costs nothing. */
export async function readLeaf(dataDir: string): Promise<Credentials | undefined> {
  const text = await readIfThere(leafFile(dataDir));
  if (text === undefined) return undefined;
  try {
    const parsed = new X509Certificate(text);
    const key = createPrivateKey(text);
    return parsed.checkPrivateKey(key) ? { cert: parsed.toString(), key: pemOf(key), parsed } : undefined;
  } catch {
    return undefined;
  }
}

/** Issues and stores a certificate with a key of its own. */
export async function issueLeaf(
  dataDir: string,
  ca: LocalCa,
  names: readonly string[],
  now: Date,
): Promise<Credentials> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const notBefore = new Date(now.getTime() - CLOCK_SLACK_MS);
  const life = new Date(notBefore.getTime() + LEAF_DAYS * DAY_MS);
  // None outlives its CA.
  const notAfter = life < periodOf(ca.parsed).notAfter ? life : periodOf(ca.parsed).notAfter;
  const cert = makeLeafCertificate(privateKey, names, { notBefore, notAfter }, ca);
  const key = pemOf(privateKey);
  await ensureStateDir(tlsDir(dataDir));
  await writeAtomic(leafFile(dataDir), `${cert}${key}`);
  return { cert, key, parsed: new X509Certificate(cert) };
}

function pemOf(key: ReturnType<typeof createPrivateKey>): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}
