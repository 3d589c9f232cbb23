/** One line of a known_hosts file in OpenSSH's form [S51]. */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { HostKey } from "#protocol/messages/target.ts";
import { hostName } from "../policy/host-name.ts";
import { hostKeyOf } from "./host-key.ts";

export type KnownHostsEntry = {
  patterns: readonly string[];
  key: HostKey;
  revoked: boolean;
  /** ISO date that this proxy wrote behind the key. */
  since: string | undefined;
};
export type KnownHostsLine = { entry: KnownHostsEntry } | { skip: string | undefined } | "damaged";

/** OpenSSH's keys of protocol 1: hosts, bits, exponent, modulus. */
const PROTOCOL_1 = /^\S+\s+\d+\s+\d+\s+\d+/;

/** A host as known_hosts names it: `host`, or `[host]:port` for a port other than 22. */
export function hostPattern(host: string, port: number): string {
  const name = hostName(host);
  return port === 22 ? name : `[${name}]:${port}`;
}

/** A pattern of a line as {@link hostPattern} would have written it; hashes and wildcards stay as they are. */
function samePattern(pattern: string): string {
  if (pattern.startsWith("|1|")) return pattern;
  if (pattern.startsWith("!")) return `!${samePattern(pattern.slice(1))}`;
  if (/[*?]/.test(pattern)) return pattern.toLowerCase();
  // Behind a jump host: `host@jump>jump`.
  return pattern.replace(/[^@>]+/g, (place) => {
    const [, host, port] = /^\[([^\]]*)\]:(\d+)$/.exec(place) ?? [];
    return host === undefined ? hostName(place) : `[${hostName(host)}]:${port}`;
  });
}

/** `|1|salt|hash` of OpenSSH's HashKnownHosts. */
function matchesHashed(pattern: string, host: string): boolean {
  const [, , salt, hash] = pattern.split("|");
  if (salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, "base64");
  const actual = createHmac("sha1", Buffer.from(salt, "base64")).update(host).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** `*` and `?` as OpenSSH's patterns have them, in linear time: at most one star is ever gone back to. */
function matchesGlob(pattern: string, text: string): boolean {
  let [p, t, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    if (p < pattern.length && (pattern[p] === "?" || (pattern[p] !== "*" && pattern[p] === text[t]))) {
      p += 1;
      t += 1;
    } else if (pattern[p] === "*") {
      star = p;
      mark = t;
      p += 1;
    } else if (star >= 0) {
      p = star + 1;
      mark += 1;
      t = mark;
    } else return false;
  }
  while (pattern[p] === "*") p += 1;
  return p === pattern.length;
}

/** Whether the entry speaks of the host; a negated pattern that fits takes the whole line away. */
export function entryMatches({ patterns }: KnownHostsEntry, host: string): boolean {
  let found = false;
  for (const pattern of patterns) {
    if (pattern.startsWith("!")) {
      if (matchesGlob(pattern.slice(1), host)) return false;
    } else if (pattern.startsWith("|1|") ? matchesHashed(pattern, host) : matchesGlob(pattern, host)) found = true;
  }
  return found;
}

/** Reads a line; `skip` says why one that is valid is not used, where somebody should hear of it. */
export function readKnownHostsLine(line: string): KnownHostsLine {
  const text = line.trim();
  if (text === "" || text.startsWith("#")) return { skip: undefined };
  if (/^@cert-authority\s/.test(text)) return { skip: "certificate authorities are not used" };
  if (PROTOCOL_1.test(text)) return { skip: "keys of SSH protocol 1 are not used" };
  const revoked = /^@revoked\s/.test(text);
  if (text.startsWith("@") && !revoked) return "damaged";
  const [hosts, type, blob, ...comment] = (revoked ? text.slice("@revoked".length).trim() : text).split(/\s+/);
  const key = blob === undefined ? undefined : hostKeyOf(Buffer.from(blob, "base64"));
  if (hosts === undefined || key === undefined || key.type !== type) return "damaged";
  const since = comment.find((word) => /^\d{4}-\d{2}-\d{2}T/.test(word));
  return { entry: { patterns: hosts.split(",").map(samePattern), key, revoked, since } };
}
