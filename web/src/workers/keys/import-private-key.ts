import type { ErrorPayload } from "#protocol/messages/error.ts";
import { type Bytes, fromBase64 } from "./bytes.ts";
import { ImportError } from "./import-error.ts";
import { type PrivateKey, readOpensshKey, refuseType } from "./openssh-private-key.ts";
import { readEncryptedPkcs8, readLegacyPem, readPkcs1, readPkcs8, readSec1 } from "./pem-private-key.ts";
import { WireError } from "./ssh-wire.ts";

/** Largest key file that is looked at, in characters [S57]. */
export const KEY_FILE_MAX_CHARS = 64 * 1024;

export type Imported = { ok: true; key: PrivateKey } | { ok: false; error: ErrorPayload };

/** Reads the private key of a file's text: OpenSSH's format, PKCS#8, PKCS#1 or SEC 1, encrypted or not [S57]. */
export async function importPrivateKey(
  subtle: SubtleCrypto,
  text: string,
  passphrase: Bytes | null,
): Promise<Imported> {
  try {
    return { ok: true, key: await read(subtle, text, passphrase) };
  } catch (error) {
    const known = error instanceof ImportError ? error : new ImportError("key_damaged");
    if (error instanceof ImportError || error instanceof WireError) return { ok: false, error: known.payload };
    // Whatever else a browser's cryptography throws at a key is the key's fault as well.
    if (error instanceof DOMException) return { ok: false, error: known.payload };
    throw error;
  }
}

async function read(subtle: SubtleCrypto, text: string, passphrase: Bytes | null): Promise<PrivateKey> {
  if (text.length > KEY_FILE_MAX_CHARS) throw new ImportError("key_too_large");
  const found = privateBlock(text);
  if (found === undefined) throw new ImportError(whatElse(text));
  const { label, headers, data } = found;
  if (label === "OPENSSH PRIVATE KEY") return readOpensshKey(subtle, data, passphrase);
  return { jwk: await readPem(subtle, label, headers, data, passphrase), comment: "" };
}

async function readPem(
  subtle: SubtleCrypto,
  label: string,
  headers: ReadonlyMap<string, string>,
  data: Bytes,
  passphrase: Bytes | null,
): Promise<JsonWebKey> {
  if (label === "PRIVATE KEY") return readPkcs8(subtle, data);
  if (label === "ENCRYPTED PRIVATE KEY") return readEncryptedPkcs8(subtle, data, passphrase);
  const plain = { "RSA PRIVATE KEY": readPkcs1, "EC PRIVATE KEY": (der: Bytes) => readSec1(der) }[label];
  if (plain === undefined) throw new ImportError(label === "DSA PRIVATE KEY" ? "key_dsa" : "key_type");
  const dekInfo = headers.get("dek-info");
  return dekInfo === undefined ? plain(data) : readLegacyPem(subtle, data, dekInfo, passphrase, plain);
}

type Block = { label: string; headers: ReadonlyMap<string, string>; data: Bytes };

const BEGIN = /^-----BEGIN ([A-Z0-9 ]+)-----$/;

/** The text's first block of a private key; others, such as curve parameters, may stand before it. */
function privateBlock(text: string): Block | undefined {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim());
  const start = lines.findIndex((line) => (BEGIN.exec(line)?.[1] ?? "").endsWith("PRIVATE KEY"));
  if (start === -1) return undefined;
  const label = BEGIN.exec(lines[start] ?? "")?.[1] ?? "";
  const end = lines.indexOf(`-----END ${label}-----`, start);
  if (end === -1) throw new ImportError("key_damaged");
  const body = lines.slice(start + 1, end);
  const headers = new Map<string, string>();
  const base64: string[] = [];
  for (const line of body) {
    const [, name, value] = /^([A-Za-z0-9-]+):\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) headers.set(name.toLowerCase(), value);
    else base64.push(line);
  }
  const data = fromBase64(base64.join(""));
  if (data === undefined || data.length === 0) throw new ImportError("key_damaged");
  return { label, headers, data };
}

/** Why a text without a private key is not taken. */
function whatElse(text: string): ImportError["reason"] {
  const trimmed = text.trim();
  if (/^PuTTY-User-Key-File-\d/.test(trimmed)) return "key_putty";
  if (trimmed.startsWith("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----")) return "key_ssh2_file";
  if (trimmed.includes("-----BEGIN CERTIFICATE-----")) return "key_certificate";
  const [type = "", blob = ""] = trimmed.split(/\s+/);
  if (blob.startsWith("AAAA")) {
    try {
      refuseType(type);
    } catch (error) {
      if (error instanceof ImportError) return error.reason;
    }
    return "key_public";
  }
  if (/-----BEGIN [A-Z0-9 ]*PUBLIC KEY-----|^---- BEGIN SSH2 PUBLIC KEY ----/.test(trimmed)) return "key_public";
  return "key_text";
}
