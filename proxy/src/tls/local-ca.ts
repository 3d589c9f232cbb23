/** The proxy's own certificate authority, in the state folder; its key leaves it for nothing [S30] [S31]. */
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { ensureStateDir, writeAtomic } from "../atomic-file.ts";
import { StartupError } from "../startup-error.ts";
import { makeCaCertificate, periodOf, permittedIn } from "./certificate.ts";
import { permittedFor } from "./permitted-names.ts";

const CA_YEARS = 10;
/** Certificates begin a day early, since a tablet's clock may be slow. */
export const CLOCK_SLACK_MS = 24 * 60 * 60_000;

export type LocalCa = {
  /** PEM. */
  readonly certificate: string;
  readonly key: KeyObject;
  readonly parsed: X509Certificate;
  /** Names and networks that it may speak for. */
  readonly permitted: readonly string[];
};

export function tlsDir(dataDir: string): string {
  return join(dataDir, "tls");
}

/** File of the certificate: also what a person copies to a tablet by cable. */
export function caFile(dataDir: string): string {
  return join(tlsDir(dataDir), "ca.crt");
}

/** What to do about a CA that does not fit any more; a new one must be trusted anew on each tablet. */
export const NEW_CA_ADVICE =
  'Make another with "rackside tls new-ca" and have every tablet trust it ("rackside tls enroll"), or use a certificate ' +
  "of your own (tls.cert, tls.key).";

/** The CA of a data folder, made for these names if there is none yet. Throws StartupError for damaged files. */
export async function openLocalCa(dataDir: string, names: readonly string[], now = new Date()): Promise<LocalCa> {
  return (await readLocalCa(dataDir, now)) ?? makeLocalCa(dataDir, names, now);
}

/** The CA that is there; undefined when there is none. Damaged files stop the start and are left as they are. */
export async function readLocalCa(dataDir: string, now = new Date()): Promise<LocalCa | undefined> {
  const [certFile, keyFile] = [caFile(dataDir), join(tlsDir(dataDir), "ca.key")];
  const [certificate, key] = await Promise.all([readIfThere(certFile), readIfThere(keyFile)]);
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined || key === undefined) {
    throw new StartupError(`${certificate === undefined ? certFile : keyFile}: is missing. ${NEW_CA_ADVICE}`);
  }
  const ca = parse(certificate, certFile, key, keyFile);
  if (hasExpired(ca, now)) throw new StartupError(`${certFile}: ${caProblem(ca, now)}`);
  return ca;
}

function hasExpired({ parsed }: LocalCa, now: Date): boolean {
  return periodOf(parsed).notAfter <= now;
}

/** Why nothing that this CA issues would be believed now; undefined: it would. */
export function caProblem(ca: LocalCa, now: Date): string | undefined {
  const { notBefore } = periodOf(ca.parsed);
  if (hasExpired(ca, now)) return `has expired. ${NEW_CA_ADVICE}`;
  // A machine without a battery for its clock begins in the past, until the network has told it the time.
  if (now < notBefore) {
    return (
      `is not valid before ${notBefore.toISOString()}, and it is ${now.toISOString()} by this machine's clock. ` +
      `Set the clock right; if it was ahead when the CA was made: ${NEW_CA_ADVICE}`
    );
  }
  return undefined;
}

/** Makes a CA and replaces the one that is there. */
export async function makeLocalCa(dataDir: string, names: readonly string[], now = new Date()): Promise<LocalCa> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + CA_YEARS);
  const period = { notBefore: new Date(now.getTime() - CLOCK_SLACK_MS), notAfter };
  // Told apart in a tablet's list of authorities, also after a second one was made.
  const commonName = `Rackside ${hostname()} ${randomBytes(2).toString("hex")}`.slice(0, COMMON_NAME_MAX);
  const permitted = permittedFor(names);
  const certificate = makeCaCertificate(privateKey, commonName, period, permitted);
  await ensureStateDir(tlsDir(dataDir));
  await writeAtomic(join(tlsDir(dataDir), "ca.key"), privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  await writeAtomic(caFile(dataDir), certificate);
  return { certificate, key: privateKey, parsed: new X509Certificate(certificate), permitted };
}

/** Upper bound of a common name (RFC 5280). */
const COMMON_NAME_MAX = 64;

function parse(certificate: string, certFile: string, keyText: string, keyFile: string): LocalCa {
  const attempt = <T>(file: string, what: string, make: () => T): T => {
    try {
      return make();
    } catch {
      throw new StartupError(`${file}: is no ${what}. ${NEW_CA_ADVICE}`);
    }
  };
  const parsed = attempt(certFile, "certificate", () => new X509Certificate(certificate));
  const key = attempt(keyFile, "private key", () => createPrivateKey(keyText));
  if (!parsed.checkPrivateKey(key))
    throw new StartupError(`${keyFile}: is not the key of ${certFile}. ${NEW_CA_ADVICE}`);
  const permitted = attempt(certFile, "certificate of a local CA", () => permittedIn(certificate));
  return { certificate, key, parsed, permitted };
}

/** The text of a state file; undefined when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new StartupError(`${path}: cannot be read (${code ?? "unknown"})`);
  }
}
