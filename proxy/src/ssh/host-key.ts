import { createHash } from "node:crypto";
import type { HostKey } from "#protocol/messages/target.ts";

/** Reads the length-prefixed string at `at`; undefined when it runs beyond the blob. */
function stringAt(blob: Buffer, at: number): Buffer | undefined {
  if (at + 4 > blob.length) return undefined;
  const length = blob.readUInt32BE(at);
  return at + 4 + length <= blob.length ? blob.subarray(at + 4, at + 4 + length) : undefined;
}

/** Largest host key, and largest signature of one, that a page is shown: an RSA key of 16,384 bits has 2.1 KB. */
export const HOST_KEY_MAX_BYTES = 3_072;

/** A host key from its wire blob (RFC 4253 section 6.6); undefined when malformed, and then it is not trusted [S2]. */
export function hostKeyOf(blob: Buffer): HostKey | undefined {
  if (blob.length > HOST_KEY_MAX_BYTES) return undefined;
  const name = stringAt(blob, 0)?.toString("latin1");
  if (name === undefined || !/^[a-z0-9][a-z0-9@.-]{2,63}$/.test(name)) return undefined;
  return { type: name, key: blob.toString("base64"), sha256: fingerprintOf(blob) };
}

/** Key size in bits for the dialog [S45]; undefined for types without a telling size. */
export function hostKeyBits(key: HostKey): number | undefined {
  if (key.type === "ssh-ed25519") return 256;
  const curve = /^ecdsa-sha2-nistp(\d+)$/.exec(key.type)?.[1];
  if (curve !== undefined) return Number(curve);
  const blob = Buffer.from(key.key, "base64");
  const first = stringAt(blob, 0);
  if (first === undefined) return undefined;
  // ssh-rsa: e then n; ssh-dss: p first.
  const second = stringAt(blob, 4 + first.length);
  if (second === undefined) return undefined;
  const number = key.type === "ssh-rsa" ? stringAt(blob, 8 + first.length + second.length) : second;
  if (number === undefined) return undefined;
  let skip = 0;
  while (skip < number.length && number[skip] === 0) skip += 1;
  const top = number[skip];
  return top === undefined ? undefined : (number.length - skip - 1) * 8 + (32 - Math.clz32(top));
}

export function sameKey(a: HostKey, b: HostKey): boolean {
  return a.key === b.key;
}

/** As OpenSSH shows it, for keys of hosts and of people alike. */
export function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}
