/** Plain byte arrays, never shared memory: what WebCrypto takes. */
export type Bytes = Uint8Array<ArrayBuffer>;

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Whether both have the same content. Not in constant time: only for what is public. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

/** Standard base64 with padding, as SSH's files and the wire have it. */
export function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** The bytes of base64 with or without padding; undefined when it is none. */
export function fromBase64(text: string): Bytes | undefined {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** The bytes of base64url without padding, as JWKs have it; undefined when it is none. */
export function fromBase64url(text: string): Bytes | undefined {
  return fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
}

/** A number of arbitrary length from big-endian bytes. */
export function toBigInt(bytes: Uint8Array): bigint {
  let hex = "0x0";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return BigInt(hex);
}

/** Big-endian bytes of a number that is not negative, without leading zeros, or padded to `length`. */
export function fromBigInt(value: bigint, length?: number): Bytes {
  const hex = value === 0n ? "" : value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  const bytes = Uint8Array.from(even.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return length === undefined ? bytes : leftPad(bytes, length);
}

/** Leading zeros up to `length`; a longer input loses its leading zeros, and is left as it is when it has none. */
export function leftPad(bytes: Uint8Array, length: number): Bytes {
  const short = stripZeros(bytes);
  if (short.length >= length) return short;
  return concat(new Uint8Array(length - short.length), short);
}

/** Without leading zeros. */
export function stripZeros(bytes: Uint8Array): Bytes {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? new Uint8Array(0) : new Uint8Array(bytes.slice(first));
}
