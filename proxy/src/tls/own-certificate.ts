/** A site's own certificate and key, from files [S31]. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { StartupError } from "../startup-error.ts";
import { periodOf } from "./certificate.ts";
import type { Credentials } from "./leaf.ts";

export type CertificateFiles = { readonly cert: string; readonly key: string };

/** Reads and checks both files. Throws StartupError naming the file, what is wrong with it and what it must be. */
export async function readCertificateFiles(files: CertificateFiles, now: Date): Promise<Credentials> {
  const [cert, key] = await Promise.all([read(files.cert, "tls.cert"), read(files.key, "tls.key")]);
  const parsed = certificateOf(cert, files.cert);
  const privateKey = keyOf(key, files.key);
  const bad = (text: string) => new StartupError(`tls.cert: ${files.cert}: ${text}`);
  if (!parsed.checkPrivateKey(privateKey)) {
    throw new StartupError(`tls.key: ${files.key}: is not the key of the first certificate in ${files.cert}`);
  }
  if (periodOf(parsed).notAfter <= now) throw bad(`expired on ${day(periodOf(parsed).notAfter)}`);
  if (periodOf(parsed).notBefore > now) throw bad(`is not valid before ${day(periodOf(parsed).notBefore)}`);
  if (parsed.subjectAltName === undefined) throw bad("names no host (subjectAltName), so no browser accepts it");
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw bad(`cannot be used for TLS (${error instanceof Error ? error.message : "unknown"})`);
  }
  return { cert, key, parsed };
}

/** Changes when one of the files is replaced; the key file may be a link that is moved. */
export async function stampOf(files: CertificateFiles): Promise<string> {
  const stamp = async (path: string) => {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${size} ${ino}`;
  };
  return (await Promise.all([stamp(files.cert), stamp(files.key)])).join(" ");
}

async function read(path: string, field: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new StartupError(`${field}: ${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
  }
}

function certificateOf(text: string, path: string): X509Certificate {
  if (!text.includes("-----BEGIN CERTIFICATE-----")) {
    const instead = text.includes("PRIVATE KEY-----") ? "holds a private key" : "is not a PEM file";
    throw new StartupError(
      `tls.cert: ${path}: ${instead}; it must hold the server's certificate and then those of its issuers, in PEM form`,
    );
  }
  try {
    return new X509Certificate(text);
  } catch {
    throw new StartupError(`tls.cert: ${path}: its first certificate cannot be read`);
  }
}

function keyOf(text: string, path: string): KeyObject {
  const bad = (what: string) => new StartupError(`tls.key: ${path}: ${what}`);
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(text)) {
    throw bad("has a passphrase, which the proxy could not ask for at a restart; it must hold the key without one");
  }
  if (!text.includes("PRIVATE KEY-----")) throw bad("holds no private key in PEM form");
  try {
    return createPrivateKey(text);
  } catch {
    throw bad("its private key cannot be read");
  }
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
