/** Addresses in binary, so that policy never compares spellings [S36]. */
import { isIPv6 } from "node:net";

/** `v`: IP version after reduction; `bits`: the address as a number; `zone`: interface of a link-local IPv6 address. */
export type Address = { v: 4 | 6; bits: bigint; zone?: string };
export type Cidr = { v: 4 | 6; bits: bigint; prefix: number; zone?: string };

const V4_MASK = 0xffff_ffffn;
const MAPPED_PREFIX = 0xffffn;
const NAT64_PREFIX = 0x0064_ff9b_0000_0000_0000_0000n;
const SIX_TO_FOUR = 0x2002n;

/** Four decimal numbers without leading zeros; every other IPv4 spelling is refused, not guessed [S36]. */
function parseV4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let bits = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    bits = (bits << 8n) | BigInt(part);
  }
  return bits;
}

function parseV6(text: string): bigint | undefined {
  if (!isIPv6(text)) return undefined;
  let body = text;
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted !== null) {
    const v4 = parseV4(dotted[2] ?? "");
    if (v4 === undefined) return undefined;
    body = `${dotted[1]}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`;
  }
  const [head = "", tail] = body.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: zeros }, () => "0"), ...right];
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

/** The IPv4 address inside an IPv4-mapped, NAT64, 6to4 or IPv4-compatible IPv6 address, or undefined [S36]. */
function embeddedV4(bits: bigint): bigint | undefined {
  if (bits >> 32n === MAPPED_PREFIX) return bits & V4_MASK;
  if (bits >> 32n === NAT64_PREFIX) return bits & V4_MASK;
  if (bits >> 112n === SIX_TO_FOUR) return (bits >> 80n) & V4_MASK;
  if (bits >> 32n === 0n && bits > 0xffffn) return bits & V4_MASK;
  return undefined;
}

/** A literal address, reduced; undefined for everything that is not strictly one. */
export function parseAddress(text: string): Address | undefined {
  const v4 = parseV4(text);
  if (v4 !== undefined) return { v: 4, bits: v4 };
  const [host = "", zone] = text.split("%", 2);
  const v6 = parseV6(host);
  if (v6 === undefined) return undefined;
  const inner = embeddedV4(v6);
  if (inner !== undefined) return { v: 4, bits: inner };
  return { v: 6, bits: v6, ...(zone === undefined ? {} : { zone }) };
}

/** `address/prefix`, or one address; undefined when it is neither, or has bits set behind its prefix. */
export function parseCidr(text: string): Cidr | undefined {
  const [host = "", length, ...rest] = text.split("/");
  const address = parseAddress(host);
  if (address === undefined || rest.length > 0) return undefined;
  const width = address.v === 4 ? 32 : 128;
  if (length !== undefined && !/^(0|[1-9]\d{0,2})$/.test(length)) return undefined;
  const prefix = length === undefined ? width : Number(length);
  if (prefix > width) return undefined;
  const below = BigInt(width - prefix);
  if ((address.bits >> below) << below !== address.bits) return undefined;
  return { v: address.v, bits: address.bits, prefix, ...(address.zone === undefined ? {} : { zone: address.zone }) };
}

export function contains(cidr: Cidr, address: Address): boolean {
  if (cidr.v !== address.v || cidr.zone !== address.zone) return false;
  const below = BigInt((cidr.v === 4 ? 32 : 128) - cidr.prefix);
  return cidr.bits >> below === address.bits >> below;
}

/** For rules that forbid: an interface that is named on one side only opens no way around them. */
export function mayContain(cidr: Cidr, address: Address): boolean {
  const zone = cidr.zone ?? address.zone;
  if (zone === undefined || (address.zone ?? zone) !== zone) return contains(cidr, address);
  return contains({ ...cidr, zone }, { ...address, zone });
}

/** Whether the rule names exactly one address. */
export function isExact(cidr: Cidr): boolean {
  return cidr.prefix === (cidr.v === 4 ? 32 : 128);
}

/** Text in the form that sockets take. */
export function formatAddress(address: Address): string {
  if (address.v === 4) return [24n, 16n, 8n, 0n].map((shift) => (address.bits >> shift) & 0xffn).join(".");
  const groups = Array.from({ length: 8 }, (_, i) => ((address.bits >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  return `${groups.join(":")}${address.zone === undefined ? "" : `%${address.zone}`}`;
}
